import type { Plain } from "../lifecycle/canonical";
import type { OnConflict, OnSoftDeleted, Renewal, Target, Wanted } from "../lifecycle/wanted";
import type { CertificatePolicy } from "../vault/model";
import { normaliseVaultUrl } from "../vault/url";
import { parseDuration } from "./durations";
import { type PlainObject, textAt } from "./plain";
import { containsUnknown, isUnknown, unknownValue } from "./unknown";

/** Every input that the engine keeps for a certificate. Outputs echo each of them, exactly as the engine stores it. */
export const inputNames = [
  "__provider",
  "__owner",
  "vaultUrl",
  "certificateName",
  "policy",
  "enabled",
  "tags",
  "preserveCertificateOrder",
  "chain",
  "reissue",
  "adopt",
  "waitForCompletion",
  "purgeOnDelete",
  "ownershipTag",
  "onConflict",
  "onSoftDeleted",
  "renewal",
  "timeouts",
  "versionlessId",
  "versionlessSecretId",
] as const;

/** Inputs that no object in the vault depends on: a change of them alone makes no request. */
export const settingNames: ReadonlySet<string> = new Set([
  "adopt",
  "waitForCompletion",
  "purgeOnDelete",
  "onConflict",
  "onSoftDeleted",
  "renewal",
  "timeouts",
  "versionlessId",
  "versionlessSecretId",
]);

/** The inputs among the properties of a resource. */
export function pickInputs(properties: PlainObject): PlainObject {
  return Object.fromEntries(
    inputNames.flatMap((name) => (properties[name] === undefined ? [] : [[name, properties[name]]])),
  );
}

/**
 * The ids that the inputs alone determine, so that a preview knows them. Exactly the unknown value where one of the inputs is unknown: a
 * text that merely contains it would be shown as if it were known.
 */
export function derivedInputs(inputs: PlainObject): PlainObject {
  if (isUnknown(inputs["vaultUrl"]) || isUnknown(inputs["certificateName"])) {
    return { versionlessId: unknownValue, versionlessSecretId: unknownValue };
  }
  const { vaultUrl, certificateName } = targetOf(inputs);
  return {
    versionlessId: `${vaultUrl}/certificates/${certificateName}`,
    versionlessSecretId: `${vaultUrl}/secrets/${certificateName}`,
  };
}

/** The target of checked inputs, or of the outputs that echo them. A part that is not known yet stays the unknown value. */
export function targetOf(properties: PlainObject): Target {
  const vaultUrl = textAt(properties, "vaultUrl") ?? "";
  return {
    vaultUrl: isUnknown(vaultUrl) ? vaultUrl : normaliseVaultUrl(vaultUrl),
    certificateName: textAt(properties, "certificateName") ?? "",
  };
}

/** What checked inputs ask for. */
export function wantedOf(inputs: PlainObject): Wanted {
  return {
    ...targetOf(inputs),
    policy: inputs["policy"] as unknown as CertificatePolicy,
    enabled: inputs["enabled"] !== false,
    tags: (inputs["tags"] ?? {}) as Record<string, string>,
    preserveCertificateOrder: inputs["preserveCertificateOrder"] as boolean | undefined,
    chain: inputs["chain"] as string | readonly string[] | undefined,
    reissue: inputs["reissue"],
    adopt: inputs["adopt"] === true,
    waitForCompletion: inputs["waitForCompletion"] as boolean | undefined,
    ownershipTag: inputs["ownershipTag"] !== false,
    onConflict: inputs["onConflict"] as OnConflict | undefined,
    onSoftDeleted: (inputs["onSoftDeleted"] as OnSoftDeleted | undefined) ?? "recover",
    renewal: renewalIn(inputs),
  };
}

/** The renewal that inputs ask for; `undefined` for none, and for one that is not known yet. */
export function renewalIn(inputs: PlainObject): Renewal | undefined {
  const value = inputs["renewal"];
  return value === undefined || value === null || containsUnknown(value) ? undefined : (value as Renewal);
}

/** What each call may take where `customTimeouts` does not say: an issuer has an hour, Self and a delete ten minutes. */
const defaultMs = { issuer: 60 * 60_000, other: 10 * 60_000 } as const;

/** Milliseconds that a call may take in all. */
export function timeoutMs(
  inputs: PlainObject,
  call: "create" | "update" | "delete",
  integratedIssuer: boolean,
): number {
  const given = (inputs["timeouts"] as Record<string, Plain> | undefined)?.[call];
  const parsed = typeof given === "string" ? parseDuration(given) : undefined;
  return parsed ?? (call !== "delete" && integratedIssuer ? defaultMs.issuer : defaultMs.other);
}
