import { X509Certificate } from "node:crypto";
import { generationOf } from "../../../provider/lifecycle/generation";
import { readMark } from "../../../provider/lifecycle/ownership";
import type { Wanted } from "../../../provider/lifecycle/wanted";
import type { PlainObject } from "../../../provider/plugin/plain";
import type { CertificateBundle } from "../../../provider/vault/model";
import { day } from "../x509/authority";
import { type Asked, fits, lacking, waits } from "./history-oracle";
import { armoured } from "./model-ca";
import { answers } from "./model-request";
import type { ModelStack } from "./model-stack";
import type { ModelVault } from "./model-vault";
import { leafOf } from "./pair-deeds";
import type { PairWish } from "./pair-events";
import { owner } from "./situation";

/** What a history of a certificate in two resources asked for, and what it allows to be otherwise. */
export interface PairAsked extends Pick<Asked, "wanted" | "unmarked" | "adopted" | "forgot"> {
  readonly stack: ModelStack;
  readonly wish: PairWish;
  /** A create was killed: the vault has something that no state has. */
  readonly lost: boolean;
  /** Somebody has ended a request: one for a CSR that took the place of a lost one then leaves the version of before, and its own CSR. */
  readonly ended: boolean;
}

/** What is not as the program says, in words. */
export function lackingOfPair(asked: PairAsked): string[] {
  const { stack, wish } = asked;
  if (wish.left === "none") return asked.lost ? [] : leftOver(stack);
  const { current } = stack.vault;
  if (current === undefined) return [`the name is ${stack.vault.stage} and empty`];
  return wish.left === "both" ? ofBoth(asked, current) : ofRequest(asked, current);
}

/** Nothing that is marked as ours is there, and no request of ours is in progress. */
function leftOver({ request, merge, vault }: ModelStack): string[] {
  const kept = [request, merge].some(({ resource }) => resource !== undefined);
  const { current } = vault;
  const ours = current !== undefined && readMark(current.tags)?.owner === owner;
  const live = vault.requests.some(
    ({ inProgress, detached, order }) =>
      inProgress && !detached && readMark(order.tags)?.owner === owner && vault.pending?.order === order,
  );
  return [
    ...(kept ? ["the state still has a resource"] : []),
    ...(ours ? ["the certificate is still there"] : []),
    ...(live && (current === undefined || ours) ? ["a request of ours is still in progress"] : []),
  ];
}

function ofRequest(asked: PairAsked, current: CertificateBundle): string[] {
  const { stack, unmarked } = asked;
  const outputs = stack.outputs("request");
  const mark = readMark(current.tags);
  const lacks: string[] = [];
  if (mark === undefined ? !unmarked : mark.owner !== owner)
    lacks.push("the certificate is not marked as ours");
  const whole = { ...asked, outputs, mayWait: outputs["csrPem"] === pendingCsr(stack.vault) };
  if (waits(stack.vault, whole)) return lacks;
  if (!fits(stack.vault, mark, whole))
    lacks.push(`neither a version nor a request of ${generationOf(asked.wanted)}`);
  else if (!asked.ended && !isOfCsr(stack.vault, outputs)) lacks.push("the CSR is not that of the version");
  return lacks;
}

function ofBoth(asked: PairAsked, current: CertificateBundle): string[] {
  const { stack, wish } = asked;
  const [request, merge] = [stack.outputs("request"), stack.outputs("merge")];
  const [given, { cer }] = [stack.merge.resource?.inputs["chain"], current];
  const leaf = typeof given === "string" ? leafOf(given) : "";
  const lifetimeActions = actionsOf(wish) ?? asked.wanted.policy.lifetimeActions;
  const policy = { ...asked.wanted.policy, ...(lifetimeActions && { lifetimeActions }) };
  const whole = {
    ...asked,
    wanted: { ...asked.wanted, policy },
    outputs: { ...request, version: merge["version"] ?? null },
    // A chain that was merged before is no failure: one for the request that waits may come with a later up.
    mayWait: stack.chain !== undefined && leaf === cer && request["csrPem"] === pendingCsr(stack.vault),
  };
  const lacks = lacking(stack.vault, whole);
  if (merge["requestId"] !== request["requestId"]) lacks.push("the merge is not of this request");
  if (waits(stack.vault, whole)) return lacks;
  if (merge["status"] !== "completed") lacks.push("the merge's status");
  if (cer === undefined || leaf !== cer) lacks.push("the version is not of the chain that is given");
  const derived = stack.chain === undefined || !asked.ended;
  if (derived && !isOfCsr(stack.vault, request)) lacks.push("the version is not for the CSR of the request");
  // Of a version that its merge has made a request learns in a refresh.
  if (request["version"] === current.version && isDue(stack.vault, wish)) lacks.push("a renewal is due");
  return lacks;
}

/** The renewal that the program asks for is due, by the certificate itself: also by a deleted one, which is recovered. */
export function isDue({ stored }: ModelVault, { renewed }: PairWish): boolean {
  if (!renewed || stored?.cer === undefined) return false;
  const { validTo } = new X509Certificate(Buffer.from(stored.cer, "base64"));
  return Date.parse(validTo) - 30 * day * 1000 <= Date.now();
}

/** The lifetime actions that the program gives its merge. */
export function actionsOf({ actionDays }: PairWish): Wanted["policy"]["lifetimeActions"] {
  return actionDays === undefined ? undefined : [{ action: "EmailContacts", daysBeforeExpiry: actionDays }];
}

function pendingCsr({ pending }: ModelVault): string | undefined {
  return pending && armoured(pending.operation.csr);
}

/** The current version is for the key of the CSR that is handed on. */
function isOfCsr(vault: ModelVault, outputs: PlainObject): boolean {
  const request = vault.requests.find(({ order }) => armoured(order.material.csr) === outputs["csrPem"]);
  const { current } = vault;
  return request !== undefined && current?.cer !== undefined && answers(current.cer, request.order.material);
}
