import { isError } from "../../errors/error";
import type { ErrorCode } from "../../errors/table";
import { unspent } from "../../vault/client";
import type { CertificateBundle, CertificateOperation, DeletedCertificate } from "../../vault/model";
import { factsOf } from "../facts";
import { freshLookMs } from "../patience";
import { ownerTag, readMark } from "../ownership";
import { deletedOf, operationOf } from "../seen";
import type { Seen, Situation } from "../situation";
import { after, name, requestEnded, requestSeen, type Run, type Step, unseenButOwn } from "./step";

/** What a write rests on is no longer so. Never leaves `guarded`. */
class Superseded extends Error {
  constructor(
    /** The request by now, where that has changed. */
    readonly request?: CertificateOperation | "absent",
  ) {
    super("what the write rests on has changed");
  }
}

/**
 * A step with one write, none of whose attempts rests on a look that is older than half a second: the vault can let a write wait for minutes,
 * and another can be faster. Where what was seen has changed nothing more is sent, and the decision is made anew, with no
 * more attempts than one write has.
 *
 * @param of what the write changes: of a `request`, whether it has ended meanwhile is looked at too
 * @param refusals of a request that has ended: where the write meets one, it is looked at once more
 */
export function guarded(
  step: Step,
  of: "certificate" | "request" = "certificate",
  refusals: readonly ErrorCode[] = [],
): Step {
  return async (s, run) => {
    const { clock } = run.tools;
    const spending = { spent: s.progress.spent ?? unspent };
    const begun = clock();
    const { lookedAt = begun } = s.progress;
    let seenAt = begun - lookedAt > freshLookMs ? begun : lookedAt;
    const lookAgain = async () => {
      if (clock() - seenAt <= freshLookMs) return;
      await demandAsSeen(s, run);
      const changed = of === "request" ? await changeOfRequest(s, run) : undefined;
      if (changed !== undefined) throw changed;
      seenAt = clock();
    };
    // What another did meanwhile tells more than that ours was refused; where that cannot be looked at, the refusal is what is known.
    const overtaken = async (error: unknown) =>
      isError(error) && refusals.includes(error.code)
        ? changeOfRequest(s, run).catch(() => undefined)
        : undefined;
    try {
      return await step(s, { ...run, call: { ...run.call, lookAgain, spending } });
    } catch (error) {
      const superseded = error instanceof Superseded ? error : await overtaken(error);
      if (superseded === undefined) throw error;
      return after(decidedAnew(s, superseded), {}, { spent: spending.spent });
    }
  };
}

function decidedAnew(s: Situation, { request }: Superseded): Situation {
  const before = operationOf(s);
  const looked = after(s, unseenButOwn(s));
  if (request === undefined || before === undefined) return looked;
  return factsOf(s).requestFits
    ? requestEnded(looked, before, request)
    : after(looked, { operation: undefined });
}

/** @throws Superseded where the certificate, or the deleted one, is another's, or another one, by now */
async function demandAsSeen(s: Situation, run: Run): Promise<void> {
  const { vault } = run.tools;
  const { certificate } = s;
  if (certificate !== undefined) {
    const seen = (await vault.getCertificate(name(s), run.call)) ?? "absent";
    if (!isAsSeen(s, certificate, seen)) throw new Superseded();
  }
  const deleted = deletedOf(s);
  if (deleted !== undefined) {
    const seen = await vault.getDeletedCertificate(name(s), run.call);
    // None at all is an end that a purge may have come to already, and a recovery meets a 404 for it.
    if (seen !== undefined && !isAsSeen(s, deleted, seen)) throw new Superseded();
  }
}

async function changeOfRequest(s: Situation, run: Run): Promise<Superseded | undefined> {
  const before = operationOf(s);
  if (before === undefined) return undefined;
  const seen = await requestSeen(s, run, before.requestId);
  return seen === "absent" || seen.status !== before.status ? new Superseded(seen) : undefined;
}

/** The same version, or none as before, and with the same mark; one of this very run is its own work, of which the reply was lost. */
function isAsSeen(
  { mark }: Situation,
  before: Exclude<Seen<CertificateBundle | DeletedCertificate>, undefined>,
  now: Exclude<Seen<CertificateBundle | DeletedCertificate>, undefined>,
): boolean {
  if (before === "absent" || now === "absent") return before === now;
  if (before.version !== now.version || (before.cer === undefined) !== (now.cer === undefined)) return false;
  const { owner, incarnation } = readMark(now.tags) ?? {};
  const isOwn = owner === mark.owner && incarnation === mark.incarnation;
  return isOwn || before.tags[ownerTag] === now.tags[ownerTag];
}
