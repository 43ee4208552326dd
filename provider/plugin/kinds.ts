import type { Part } from "../lifecycle/wanted";
import { type PlainObject, textAt } from "./plain";

/** What one resource class keeps, and what of a certificate it is for. */
export interface Kind {
  readonly className: string;
  readonly part: Part;
  /** Every input that the engine keeps. Outputs echo each of them, exactly as the engine stores it. */
  readonly inputNames: readonly string[];
  /** The inputs that no object in the vault depends on: a change of them alone makes no request. */
  readonly settingNames: ReadonlySet<string>;
  /** The outputs of a version, null while none has been issued. */
  readonly versionNames: readonly string[];
  /** The outputs of the last request. */
  readonly requestNames: readonly string[];
}

const identity = ["__provider", "__owner", "vaultUrl", "certificateName"] as const;
const derived = ["timeouts", "versionlessId", "versionlessSecretId"] as const;
const ordering = ["policy", "preserveCertificateOrder", "reissue"] as const;
const owning = ["adopt", "purgeOnDelete", "ownershipTag", "onConflict", "onSoftDeleted", "renewal"] as const;
const attributes = ["enabled", "tags"] as const;
const settings: ReadonlySet<string> = new Set([
  "adopt",
  "waitForCompletion",
  "purgeOnDelete",
  "onConflict",
  "onSoftDeleted",
  "renewal",
  "signer",
  ...derived,
]);

const version = [
  "certificateId",
  "secretId",
  "keyId",
  "version",
  "thumbprint",
  "thumbprintSha256",
  "certificatePem",
  "serialNumber",
  "notBefore",
  "expiresOn",
  "createdOn",
  "updatedOn",
] as const;
const request = ["csrPem", "status", "statusDetails", "requestId", "operationError"] as const;

/** The whole of a certificate. */
export const certificate = {
  className: "Certificate",
  part: "whole",
  inputNames: [
    ...identity,
    ...ordering,
    ...attributes,
    "chain",
    "signer",
    "waitForCompletion",
    ...owning,
    ...derived,
  ],
  settingNames: settings,
  versionNames: version,
  requestNames: request,
} as const satisfies Kind;

/** Owns a certificate that is signed elsewhere, and asks for its versions. */
export const certificateRequest = {
  className: "CertificateRequest",
  part: "request",
  inputNames: [...identity, ...ordering, ...owning, ...derived],
  settingNames: settings,
  // As much of the version as a renewal goes by: what else there is belongs to the merge.
  versionNames: ["version", "notBefore", "expiresOn"],
  requestNames: request,
} as const satisfies Kind;

/** Merges chains into the certificate of a `CertificateRequest`, and has what no CSR depends on. */
export const certificateMerge = {
  className: "CertificateMerge",
  part: "merge",
  inputNames: [
    ...identity,
    "requestId",
    "__mark",
    "ownershipTag",
    "chain",
    ...attributes,
    "lifetimeActions",
    ...derived,
  ],
  settingNames: settings,
  versionNames: version,
  requestNames: ["status"],
} as const satisfies Kind;

const kinds: readonly Kind[] = [certificate, certificateRequest, certificateMerge];

/** The kind of a resource: the class that its constant `__provider` names. */
export function kindOf(properties: PlainObject): Kind {
  const className = /\.(\w+);$/.exec(textAt(properties, "__provider") ?? "")?.[1];
  return kinds.find((kind) => kind.className === className) ?? certificate;
}
