import { certificateRequest } from "../x509/certificate-request";
import { serviceValidity } from "../x509/certificate";
import { generateKey, matchesSpecification, type KeyPair } from "../x509/keys";
import type { CertificateRecord, Operation, VersionTimes } from "./certificate";
import { refusals } from "./errors";
import { subjectOf } from "./issuance";
import { planOf } from "./issuer-behaviour";
import { keySpecification } from "./key-properties";
import { isIntegrated, type Policy } from "./policy";
import { completePolicy } from "./policy-reading";
import { Members, readSettings, requireName, type JsonObject } from "./request";
import { withOperation } from "./transitions";
import type { Pending, Vault } from "./vault";

/**
 * Accepts a request for a new version: checks it, makes the key, and starts the order at the issuer.
 * The key takes its time, so that the name is checked again before anything is kept.
 */
export async function createCertificate(vault: Vault, name: string, body: JsonObject): Promise<Pending> {
  requireName(name);
  const settings = readSettings(body);
  const preserveCertOrder = new Members(body, () => refusals.invalidProperty("")).flag("preserveCertOrder");
  const policy = requestedPolicy(vault, name, body);
  requireIssuer(vault, policy.issuer.name);
  const stored = requireAvailable(vault, name);
  const integrated = isIntegrated(policy.issuer.name);
  const reused = reusableKey(policy, stored);
  if (reused === undefined) vault.countKeyCreation();
  const [key, authority] = await Promise.all([
    reused ?? generateKey(keySpecification(policy.key_props)),
    integrated ? vault.authority() : undefined,
  ]);
  const latest = requireAvailable(vault, name);
  const operation: Operation = {
    requestId: vault.newId(),
    key,
    certificateRequest: certificateRequest(subjectOf(policy), key),
    policy,
    authority,
    enabled: settings.enabled ?? true,
    tags: settings.tags,
    preserveCertOrder,
    fulfilled: false,
  };
  return accept(vault, latest?.name ?? name, operation);
}

function accept(vault: Vault, name: string, operation: Operation): Pending {
  const now = vault.now();
  const { policy, tags } = operation;
  const issuer = policy.issuer.name;
  vault.saveOrder({
    certificateName: name,
    requestId: operation.requestId,
    issuer,
    integrated: isIntegrated(issuer),
    acceptedAt: now,
    plan: planOf(vault.behaviourOf(issuer), issuer, now),
    cancellation: undefined,
    pendingDeletedAt: undefined,
    mergedAt: undefined,
  });
  const placeholder = { name, id: vault.newId(), tags, times: expectedTimes(policy, now) };
  vault.save(withOperation(vault.find(name)?.record, operation, placeholder));
  // Even an issuer that takes no time shows in the next reply only.
  return { ...vault.pending(name, operation.requestId).pending, status: "inProgress" };
}

function expectedTimes(policy: Policy, now: number): VersionTimes {
  const { notBefore, notAfter } = serviceValidity(now, policy.x509_props.validity_months);
  const created = Math.floor(now / 1000);
  return { notBefore: notBefore / 1000, expires: notAfter / 1000, created, updated: created };
}

/** The policy of the request, else the stored one. */
function requestedPolicy(vault: Vault, name: string, body: JsonObject): Policy {
  const stored = vault.find(name)?.record.policy;
  const requested = new Members(body, () => refusals.invalidProperty("policy")).object("policy");
  if (requested !== undefined) return completePolicy(requested, vault.seconds(), stored?.attributes.created);
  if (stored === undefined) throw refusals.invalidProperty("policy");
  return stored;
}

/** Refuses a policy whose issuer is neither Self, nor Unknown, nor one of the vault. */
export function requireIssuer(vault: Vault, issuer: string): void {
  if (isIntegrated(issuer) && !vault.state.issuers.has(issuer.toLowerCase())) {
    throw refusals.issuerDoesNotExist(issuer);
  }
}

/** Refuses a name that a new version cannot be made under at this moment; gives what is stored under it. */
export function requireAvailable(vault: Vault, name: string): CertificateRecord | undefined {
  const key = name.toLowerCase();
  if ((vault.state.purged.get(key) ?? 0) > vault.now()) throw refusals.createWhileDeleting(name);
  for (const kind of ["key", "secret"] as const) {
    if (vault.state.plainObjects.has(`${kind}/${key}`)) throw refusals.plainObjectExists(kind, name);
  }
  const found = vault.find(name);
  if (found === undefined) return undefined;
  if (found.phase === "beingDeleted") throw refusals.createWhileDeleting(name);
  if (found.phase === "deleted") throw refusals.deletedButRecoverable(name);
  if (found.phase === "beingRecovered") throw refusals.beingRecovered(name);
  if (vault.live(name).pending?.status === "inProgress") throw refusals.pendingInProgress();
  return found.record;
}

/** The current version's key, if the policy asks for it and it is of the kind asked for. */
function reusableKey(policy: Policy, stored: CertificateRecord | undefined): KeyPair | undefined {
  const key = stored?.versions.at(-1)?.key;
  if (!policy.key_props.reuse_key || key === undefined) return undefined;
  return matchesSpecification(key.publicKey, keySpecification(policy.key_props)) ? key : undefined;
}
