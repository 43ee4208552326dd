import type { Plain } from "../lifecycle/canonical";
import type { OnConflict, OnSoftDeleted, Part, Renewal, Target, Wanted } from "../lifecycle/wanted";
import type { Signer } from "../signers/request";
import type { CertificatePolicy, LifetimeAction } from "../vault/model";
import { normaliseVaultUrl } from "../vault/url";
import { parseDuration } from "./durations";
import { kindOf } from "./kinds";
import { type PlainObject, textAt } from "./plain";
import { containsUnknown, isUnknown, unknownValue } from "./unknown";

/** The inputs among the properties of a resource. */
export function pickInputs(properties: PlainObject): PlainObject {
  return Object.fromEntries(
    kindOf(properties).inputNames.flatMap((name) =>
      properties[name] === undefined ? [] : [[name, properties[name]]],
    ),
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
  const { part } = kindOf(inputs);
  return {
    ...targetOf(inputs),
    part,
    policy: policyOf(inputs, part),
    enabled: inputs["enabled"] !== false,
    tags: (inputs["tags"] ?? {}) as Record<string, string>,
    preserveCertificateOrder: inputs["preserveCertificateOrder"] as boolean | undefined,
    chain: inputs["chain"] as string | readonly string[] | undefined,
    signer: inputs["signer"] as unknown as Signer | undefined,
    reissue: inputs["reissue"],
    adopt: inputs["adopt"] === true,
    waitForCompletion: inputs["waitForCompletion"] as boolean | undefined,
    ownershipTag: inputs["ownershipTag"] !== false,
    onConflict: inputs["onConflict"] as OnConflict | undefined,
    onSoftDeleted: (inputs["onSoftDeleted"] as OnSoftDeleted | undefined) ?? "recover",
    renewal: renewalIn(inputs),
  };
}

/** Of a certificate in two resources the issuer is always the same; the merge knows nothing of its policy but the actions. */
function policyOf(inputs: PlainObject, part: Part): CertificatePolicy {
  const policy = (inputs["policy"] ?? {}) as unknown as CertificatePolicy;
  if (part === "whole") return policy;
  const actions = inputs["lifetimeActions"] as unknown as LifetimeAction[] | undefined;
  return { ...policy, issuerName: "Unknown", ...(actions === undefined ? {} : { lifetimeActions: actions }) };
}

/** The renewal that inputs ask for; `undefined` for none, and for one that is not known yet. */
export function renewalIn(inputs: PlainObject): Renewal | undefined {
  const value = inputs["renewal"];
  return value === undefined || value === null || containsUnknown(value) ? undefined : (value as Renewal);
}

/** What each call may take where `customTimeouts` does not say: an issuer or a signer has an hour, Self and a delete ten minutes. */
const defaultMs = { issuer: 60 * 60_000, other: 10 * 60_000 } as const;

/** Milliseconds that a call may take in all. */
export function timeoutMs(
  inputs: PlainObject,
  call: "create" | "update" | "delete",
  signedElsewhere: boolean,
): number {
  const given = (inputs["timeouts"] as Record<string, Plain> | undefined)?.[call];
  const parsed = typeof given === "string" ? parseDuration(given) : undefined;
  return parsed ?? (call !== "delete" && signedElsewhere ? defaultMs.issuer : defaultMs.other);
}
