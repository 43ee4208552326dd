import type { CertificateRecord } from "./certificate";
import { refusals } from "./errors";
import { chainOfMerge } from "./merge-chain";
import { isUnknown } from "./policy";
import { Members, readSettings, type JsonObject } from "./request";
import { withVersion } from "./transitions";
import { versionOf, type Pending, type Vault } from "./vault";

/** Asks the issuer to cancel. The status follows later, if at all. */
export function requestCancellation(
  vault: Vault,
  name: string,
  { requestId, body }: { requestId: string | undefined; body: JsonObject },
): Pending {
  const { pending } = vault.pending(name, requestId);
  const refuse = () => refusals.invalidProperty("cancellation_requested");
  const asked = new Members(body, refuse).flag("cancellation_requested");
  if (asked === undefined) throw refuse();
  if (pending.status !== "inProgress") throw refusals.notInProgress();
  const { cancellation, cancellationMs } = vault.behaviourOf(pending.order.issuer);
  if (cancellation === "refused400") throw refusals.cancellationRefused400();
  if (cancellation === "refused403") throw refusals.notInProgress();
  if (asked && pending.order.cancellation === undefined) {
    const requestedAt = vault.now();
    const takesEffectAt = cancellation === "honoured" ? requestedAt + cancellationMs : undefined;
    vault.saveOrder({ ...pending.order, cancellation: { requestedAt, takesEffectAt } });
  }
  // The reply shows the status from before: a cancellation is never instant.
  return { ...vault.pending(name, requestId).pending, status: "inProgress" };
}

/** Takes the pending object away and gives it as it was. The order of an outside CA goes on. */
export function deletePending(vault: Vault, name: string, requestId: string | undefined): Pending {
  const { record, pending } = vault.pending(name, requestId);
  vault.saveOrder({ ...pending.order, pendingDeletedAt: vault.now() });
  vault.save({ ...record, operation: undefined });
  return pending;
}

/** Completes the request with certificates signed elsewhere. */
export function mergeCertificate(vault: Vault, name: string, body: JsonObject): CertificateRecord {
  const settings = readSettings(body);
  const { record, pending } = vault.pending(name, undefined);
  const { operation, order, status } = pending;
  if (status === "completed") throw refusals.notInProgress();
  if (status === "inProgress" && !isUnknown(order.issuer)) throw refusals.mergeWhileIssuing(order.issuer);
  const chain = chainOfMerge(body, operation.key.publicKey, operation.preserveCertOrder ?? false);
  const at = vault.now();
  const version = versionOf(operation, chain, { id: vault.newId(), at });
  vault.saveOrder({ ...order, mergedAt: at });
  const merged = {
    ...version,
    enabled: settings.enabled ?? version.enabled,
    tags: settings.tags ?? version.tags,
  };
  return vault.save(withVersion(record, merged, true));
}
