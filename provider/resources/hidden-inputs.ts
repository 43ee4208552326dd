import { createHash } from "node:crypto";
import { createRequire } from "node:module";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";

/**
 * The code that the plugin process runs for a resource class: constant for ever, so that state never grows, no upgrade shows a
 * difference, and states of every earlier release still load. It must hold no version, path or option.
 */
export function providerText(className: string): string {
  return `exports.handler = () => require("pulumi-keyvault-certificates/provider").${className};`;
}

/** The type token of a resource class. The prefix makes the engine start the plugin of dynamic resources. */
export function typeToken(className: string): string {
  return `pulumi-nodejs:dynamic/keyvault:${className}`;
}

/** Inputs that no program writes. Keys that begin with `__` do not show in previews. */
export interface HiddenInputs {
  readonly __provider: string;
  /** For log lines; `check` strips it, as it changes with aliases and parents. */
  readonly __urn: pulumi.Output<string>;
  /** Which resource it is: pinned by `check`, so the first value stays for the life of the resource. */
  readonly __owner: pulumi.Output<string>;
  readonly timeouts?: pulumi.CustomTimeouts;
}

/** The hidden inputs of the resource of that class, name and options. */
export function hiddenInputs(
  className: string,
  name: string,
  options: pulumi.CustomResourceOptions | undefined,
): HiddenInputs {
  const urn = pulumi.createUrn(name, typeToken(className), options?.parent);
  const organization = organizationName();
  return {
    __provider: providerText(className),
    __urn: urn,
    __owner: urn.apply((text) =>
      createHash("sha256").update(`${organization}\n${text}`).digest("hex").slice(0, 16),
    ),
    ...(options?.customTimeouts === undefined ? {} : { timeouts: { ...options.customTimeouts } }),
  };
}

/** The vault of the arguments, else of the stack's configuration, else of the environment. */
export function vaultUrlOf(given: pulumi.Input<string> | undefined): pulumi.Input<string> | undefined {
  return given ?? new pulumi.Config("keyvault").get("vaultUrl") ?? process.env["AZURE_KEYVAULT_URL"];
}

/** Whether it is a resource with that type token, whichever copy of this package made it. */
export function hasType(value: unknown, token: string): boolean {
  return (
    typeof value === "object" && value !== null && "__pulumiType" in value && value.__pulumiType === token
  );
}

/** Outputs that are no inputs. Each has to be named to the engine, else it does not appear on the resource. */
export function seedsOf(outputNames: readonly string[]): Readonly<Record<string, undefined>> {
  return Object.fromEntries(outputNames.map((output) => [output, undefined] as const));
}

/** Tests with mocks seldom name one, and the SDK then throws. */
function organizationName(): string {
  return pulumi.runtime.hasEngine() ? pulumi.getOrganization() : "organization";
}

/**
 * Fails early, and with the remedy, where the plugin process would not find this package: it looks from the program's folder, and
 * with pnpm or Yarn workspaces it finds only what the program's own package.json names.
 */
export function demandResolvable(): void {
  // Without an engine (unit tests with mocks) no plugin process will ever look.
  if (!pulumi.runtime.hasEngine()) return;
  try {
    createRequire(join(process.cwd(), "program.js")).resolve("pulumi-keyvault-certificates/provider");
  } catch (cause) {
    throw new Error(
      `"pulumi-keyvault-certificates" must be installed where the program runs, but it cannot be found from ${process.cwd()}; ` +
        'add it to the "dependencies" of the package.json of the Pulumi program and install',
      { cause },
    );
  }
}
