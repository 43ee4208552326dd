import type { Authority } from "../x509/authority";
import type { KeyPair } from "../x509/keys";
import type { Policy } from "./policy";
import type { Tags } from "./request";

/** One completed version of a certificate. */
export interface Version {
  /** 32 hexadecimal digits. */
  readonly id: string;
  /** DER; the leaf. */
  readonly certificate: Buffer;
  /** DER; the leaf and what was given with it, in the order of the linked secret. */
  readonly chain: readonly Buffer[];
  readonly key: KeyPair;
  readonly exportable: boolean;
  readonly contentType: string;
  readonly keyUsage: readonly string[];
  readonly enabled: boolean;
  readonly tags: Tags | undefined;
  readonly preserveCertOrder: boolean | undefined;
  readonly times: VersionTimes;
}

/** Whole seconds since 1970. */
export interface VersionTimes {
  readonly notBefore: number;
  readonly expires: number;
  readonly created: number;
  readonly updated: number;
}

/** Stands in, disabled and without a certificate, until the first version is complete; its id is not kept. */
export interface Placeholder {
  readonly id: string;
  readonly tags: Tags | undefined;
  readonly times: VersionTimes;
}

/** The pending object: the latest request for a version. */
export interface Operation {
  readonly requestId: string;
  readonly key: KeyPair;
  /** DER, PKCS#10. */
  readonly certificateRequest: Buffer;
  /** As it was when the request was accepted. */
  readonly policy: Policy;
  /** The CA that signs; undefined: the key signs itself, or somebody outside does. */
  readonly authority: Authority | undefined;
  readonly enabled: boolean;
  readonly tags: Tags | undefined;
  readonly preserveCertOrder: boolean | undefined;
  /** A version was made of it, by its issuer or by a merge. */
  readonly fulfilled: boolean;
}

/** Everything that the vault keeps under one name. */
export interface CertificateRecord {
  readonly name: string;
  readonly policy: Policy;
  /** Oldest first; the last one is current. */
  readonly versions: readonly Version[];
  readonly placeholder: Placeholder | undefined;
  readonly operation: Operation | undefined;
  readonly deletion: Deletion | undefined;
  /** When a recovery takes effect, in milliseconds since 1970. */
  readonly recoveredAt: number | undefined;
}

/** Milliseconds since 1970. */
export interface Deletion {
  readonly deletedAt: number;
  /** From when on the certificate can be read, recovered and purged as a deleted one. */
  readonly effectiveAt: number;
  readonly scheduledPurgeAt: number;
}

export type Phase = "live" | "beingDeleted" | "deleted" | "beingRecovered" | "gone";

/** Where between creation and purge a certificate is. */
export function phaseOf({ deletion, recoveredAt }: CertificateRecord, now: number): Phase {
  if (recoveredAt !== undefined) return now < recoveredAt ? "beingRecovered" : "live";
  if (deletion === undefined) return "live";
  if (now < deletion.effectiveAt) return "beingDeleted";
  return now < deletion.scheduledPurgeAt ? "deleted" : "gone";
}

export type PendingStatus = "inProgress" | "completed" | "failed" | "cancelled";

/** What GET pending says, given how far the order is. */
export function pendingStatus(operation: Operation, status: PendingStatus | "deleted"): PendingStatus {
  if (operation.fulfilled) return "completed";
  return status === "deleted" ? "inProgress" : status;
}
