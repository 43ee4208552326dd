import type { CertificateRecord, Operation, Placeholder, Version } from "./certificate";
import type { Tags } from "./request";

/** The record with a new request: its policy is in force at once, its version comes when it is fulfilled. */
export function withOperation(
  record: CertificateRecord | undefined,
  operation: Operation,
  placeholder: Placeholder & { readonly name: string },
): CertificateRecord {
  const { name, ...standIn } = placeholder;
  const versions = record?.versions ?? [];
  return {
    name: record?.name ?? name,
    policy: operation.policy,
    versions,
    placeholder: versions.length === 0 ? standIn : undefined,
    operation,
    deletion: undefined,
    recoveredAt: undefined,
  };
}

/** The record with a new current version. `fulfils`: it is the answer to the pending request. */
export function withVersion(
  record: CertificateRecord,
  version: Version,
  fulfils: boolean,
): CertificateRecord {
  const operation =
    fulfils && record.operation !== undefined ? { ...record.operation, fulfilled: true } : undefined;
  return { ...record, versions: [...record.versions, version], placeholder: undefined, operation };
}

/** What PATCH changes; undefined leaves as it is. */
export interface Update {
  readonly enabled: boolean | undefined;
  readonly tags: Tags | undefined;
  /** Whole seconds since 1970. */
  readonly at: number;
}

/**
 * The record after an update of one version, or of the placeholder, whose settings pass on to the version that
 * takes its place. The placeholder itself stays disabled.
 */
export function withUpdate(record: CertificateRecord, id: string, update: Update): CertificateRecord {
  const change = <T extends Version | Placeholder>(item: T): T => ({
    ...item,
    tags: update.tags ?? item.tags,
    times: { ...item.times, updated: update.at },
  });
  const { placeholder, operation } = record;
  if (placeholder?.id === id) {
    const settings = { enabled: update.enabled, tags: update.tags };
    return {
      ...record,
      placeholder: change(placeholder),
      operation: operation && applied(operation, settings),
    };
  }
  const versions = record.versions.map((version) =>
    version.id === id ? { ...change(version), enabled: update.enabled ?? version.enabled } : version,
  );
  return { ...record, versions };
}

function applied(
  operation: Operation,
  { enabled, tags }: { enabled: boolean | undefined; tags: Tags | undefined },
): Operation {
  return { ...operation, enabled: enabled ?? operation.enabled, tags: tags ?? operation.tags };
}
