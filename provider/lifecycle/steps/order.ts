import type { CertificatePolicy } from "../../vault/model";
import { tagsOfNewVersion } from "../facts";
import { freshLookMs, patienceForOrderMs } from "../patience";
import { bundleOf } from "../seen";
import type { Situation } from "../situation";
import { guarded } from "./guarded";
import { lookAtCertificate } from "./look";
import { after, conflictIn, isFirstLostReply, name, type Run, type Step } from "./step";

export const order: Step = async (s, run) => (mayBeOnItsWay(s, run) ? letItShow(s, run) : orderNow(s, run));

const orderNow = guarded(async (s, run) => {
  const { tools, call } = run;
  if (isStale(s, tools.clock())) return after(await lookAtCertificate(s, run), {}, { lookedAt: undefined });
  const { enabled, preserveCertificateOrder } = s.wanted;
  const request = {
    policy: policyToOrder(s),
    enabled,
    tags: tagsOfNewVersion(s),
    ...(preserveCertificateOrder === undefined ? {} : { preserveCertificateOrder }),
  };
  try {
    const operation = await tools.vault.createCertificate(name(s), request, call);
    const ordered = { ordered: operation.requestId, orderedAt: tools.clock() };
    // The stored policy is the ordered one by now, whatever the version before was made from.
    const replaced = { accepted: true, policyPatched: true };
    const done = { ...ordered, ...replaced, outcome: undefined, nameChange: undefined };
    // A placeholder that was there has made way for the new request's.
    const certificate = bundleOf(s)?.cer === undefined ? "absent" : s.certificate;
    return after(s, { operation, certificate, conflict: undefined }, done);
  } catch (error) {
    const conflict = conflictIn(error);
    if (conflict !== undefined) return after(s, { conflict, deleted: undefined });
    if (!isFirstLostReply(error, s)) throw error;
    const { retryAfterMs } = error.details;
    if (retryAfterMs !== undefined) tools.reporter.progress(pausing(retryAfterMs));
    const lost = { replyLost: true, replyLostAt: tools.clock() };
    return after(s, { certificate: undefined, operation: undefined }, lost);
  }
});

const pausing = (ms: number) =>
  `the vault asks for no request within ${Math.ceil(ms / 1000)} s; then it is looked up whether the order was made`;

function mayBeOnItsWay({ progress: { replyLostAt } }: Situation, { tools }: Run): boolean {
  return replyLostAt !== undefined && tools.clock() < replyLostAt + patienceForOrderMs;
}

/** An order whose reply was lost may reach the vault later than the look that did not find it. */
const letItShow: Step = async (s, { tools }) => {
  if (tools.engine.signal.aborted) return after(s, {}, { outcome: "engineGone" });
  tools.reporter.progress(
    `the reply to the order was lost; looking for ${patienceForOrderMs / 1000} s whether it was made`,
  );
  await tools.sleep(1000, tools.engine.signal);
  return after(s, { certificate: undefined, operation: undefined });
};

/** Looked at once more it is fresh, whatever the clock says then: a machine that stands still between any two steps must get on too. */
function isStale({ progress: { lookedAt } }: Situation, now: number): boolean {
  return lookedAt !== undefined && now - lookedAt > freshLookMs;
}

/** A create replaces the stored policy as a whole: the lifetime actions, where they are another resource's, are handed on. */
function policyToOrder(s: Situation): CertificatePolicy {
  const { policy, part } = s.wanted;
  const stored = bundleOf(s)?.policy?.lifetimeActions;
  return part === "request" && stored !== undefined ? { ...policy, lifetimeActions: stored } : policy;
}
