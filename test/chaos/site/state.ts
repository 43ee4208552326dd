import { readFileSync } from "node:fs";

/** A resource as the state file holds it. */
export interface StateResource {
  readonly urn: string;
  readonly outputs: Readonly<Record<string, unknown>>;
  readonly initErrors?: readonly string[];
}

/** The state file of a stack. */
export interface StackState {
  /** By logical name. */
  readonly certificates: Readonly<Record<string, StateResource>>;
  /**
   * Logical names of the resources that the engine was creating when it died. It keeps them until a `refresh --clear-pending-creates`,
   * whatever a provider does.
   */
  readonly pendingCreates: readonly string[];
}

/** Reads the state file of a stack, as a file backend keeps it. */
export function readState(file: string): StackState {
  const { checkpoint } = JSON.parse(readFileSync(file, "utf8")) as {
    checkpoint: {
      latest?: {
        resources?: (StateResource & { type: string })[] | null;
        pending_operations?: { resource: { urn: string } }[] | null;
      } | null;
    };
  };
  const { resources, pending_operations: pending } = checkpoint.latest ?? {};
  const certificates = (resources ?? []).filter(({ type }) => type.includes("dynamic/keyvault:"));
  return {
    certificates: Object.fromEntries(certificates.map((resource) => [nameOf(resource.urn), resource])),
    pendingCreates: (pending ?? []).map(({ resource }) => nameOf(resource.urn)),
  };
}

const nameOf = (urn: string): string => urn.split("::").at(-1) ?? urn;
