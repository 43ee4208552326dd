import { isError, KeyVaultCertificateError } from "../errors/error";
import type { ErrorCode } from "../errors/table";
import { refusalError } from "../x509/refusal";
import type { CertificateBundle } from "../vault/model";
import { factsOf } from "./facts";
import { readMark } from "./ownership";
import { duration } from "./pace";
import { retold } from "./retold";
import { bundleOf, deletedOf, operationOf } from "./seen";
import type { Situation } from "./situation";
import type { Run } from "./steps/step";

type Build = (s: Situation, run: Run, extra: { steps: number; last: string }) => KeyVaultCertificateError;

const where = (s: Situation) => ({ vaultUrl: s.wanted.vaultUrl, certificateName: s.wanted.certificateName });
const request = (s: Situation) => ({
  issuer: operationOf(s)?.issuerName ?? s.wanted.policy.issuerName,
  requestId: operationOf(s)?.requestId ?? s.progress.ordered ?? s.memory?.request?.requestId ?? "unknown",
});
const fail = <C extends ErrorCode>(...args: ConstructorParameters<typeof KeyVaultCertificateError<C>>) =>
  new KeyVaultCertificateError<C>(...args) as unknown as KeyVaultCertificateError;

/** The failure that each `fail` row of the decision means, built from what the run has seen. */
const builders: Partial<Record<ErrorCode, Build>> = {
  KVC_REQUEST_FAILED: (s) => {
    const operation = operationOf(s);
    const { code: caCode, message: caMessage } = operation?.error ?? {};
    return fail("KVC_REQUEST_FAILED", where(s), {
      ...request(s),
      caCode,
      caMessage,
      statusDetails: operation?.statusDetails,
    });
  },
  KVC_REQUEST_CANCELLED: (s) =>
    fail("KVC_REQUEST_CANCELLED", where(s), { ...request(s), part: s.wanted.part }),
  KVC_REQUEST_GONE: (s) =>
    fail("KVC_REQUEST_GONE", where(s), {
      issuer: s.wanted.policy.issuerName,
      requestId: s.progress.followed ?? request(s).requestId,
      successor: successor(s),
      part: s.wanted.part,
    }),
  KVC_STATUS_UNKNOWN: (s) =>
    fail("KVC_STATUS_UNKNOWN", where(s), { ...request(s), status: operationOf(s)?.status ?? "" }),
  KVC_REQUEST_IN_PROGRESS: (s) =>
    fail("KVC_REQUEST_IN_PROGRESS", where(s), {
      issuer: operationOf(s)?.issuerName,
      requestId: operationOf(s)?.requestId,
      since: sinceOfRequest(s),
      holder: holderOfRequest(s),
    }),
  KVC_TIMED_OUT: (s, { deadline, tools }) =>
    fail("KVC_TIMED_OUT", where(s), {
      waitingFor: `request ${request(s).requestId} at issuer "${request(s).issuer}"`,
      waited: duration(tools.clock() - deadline.startedAt),
      last: `status ${operationOf(s)?.status ?? "unknown"}`,
      option: deadline.option,
      inTheWay: !factsOf(s).requestFits,
    }),
  KVC_ENGINE_GONE: (s) =>
    fail("KVC_ENGINE_GONE", where(s), { doing: `request ${request(s).requestId} was waited for` }),
  KVC_NOT_OURS: (s) =>
    fail("KVC_NOT_OURS", where(s), { holder: holderNamed(s, bundleOf(s)), part: s.wanted.part }),
  KVC_ALREADY_EXISTS: (s) =>
    fail("KVC_ALREADY_EXISTS", where(s), {
      version: bundleOf(s)?.version ?? "unknown",
      untagged: !s.wanted.ownershipTag,
    }),
  KVC_SOFT_DELETED: (s) => fail("KVC_SOFT_DELETED", where(s), deleted(s)),
  KVC_SOFT_DELETED_NOT_OURS: (s) =>
    fail("KVC_SOFT_DELETED_NOT_OURS", where(s), {
      ...deleted(s),
      holder: holderNamed(s, deletedOf(s)),
      untagged: !s.wanted.ownershipTag,
    }),
  KVC_CANNOT_PURGE: (s) =>
    fail("KVC_CANNOT_PURGE", where(s), {
      ...deleted(s),
      recoveryLevel: deletedOf(s)?.recoveryLevel ?? "unknown",
      purgedOn: iso(deletedOf(s)?.scheduledPurgeOn),
    }),
  KVC_BUSY_TOO_LONG: (s) =>
    fail("KVC_BUSY_TOO_LONG", where(s), { busy: busyWith(s), waited: duration(s.progress.pausedMs) }),
  KVC_NOT_CANCELLED: (s) => fail("KVC_NOT_CANCELLED", where(s), request(s)),
  KVC_NAME_TAKEN: (s) => fail("KVC_NAME_TAKEN", where(s), { words: s.conflict?.words ?? "" }),
  KVC_CONFLICT_UNKNOWN: (s) => fail("KVC_CONFLICT_UNKNOWN", where(s), { words: s.conflict?.words ?? "" }),
  KVC_WAITING_FOR_CHAIN: (s) => fail("KVC_WAITING_FOR_CHAIN", where(s), request(s)),
  // The chain's own refusal says more than this row's code: it is raised with the code that x509/ found.
  KVC_CHAIN_WRONG_KEY: (s) => {
    if (s.chain?.kind !== "unusable") throw new TypeError("the chain was not refused");
    return refusalError(s.chain.refusal, where(s));
  },
  KVC_CHAIN_WITHOUT_REQUEST: (s) =>
    fail("KVC_CHAIN_WITHOUT_REQUEST", where(s), {
      version: bundleOf(s)?.version ?? "unknown",
      knownAs: chainKnownAs(s),
      part: s.wanted.part,
    }),
  KVC_NOTHING_TO_MERGE: (s) =>
    fail("KVC_NOTHING_TO_MERGE", where(s), {
      requestId: s.memory?.request?.requestId ?? "unknown",
      found: successor(s) ?? "no request and no version",
    }),
  KVC_NOT_SETTLING: (s, _, extra) => fail("KVC_NOT_SETTLING", where(s), extra),
};

/** The failure for the code of a `fail` row. */
export function refusal(
  code: ErrorCode | undefined,
  situation: Situation,
  run: Run,
  extra = { steps: 1, last: "VanishedAfterOrder" },
): KeyVaultCertificateError {
  const build = code === undefined ? undefined : builders[code];
  if (build === undefined) throw new TypeError(`no refusal is written for ${String(code)}`);
  return build(situation, run, extra);
}

/**
 * What a run was ended by, as a failure of the table: a defect of this package, a library that is not there, or bytes that cannot be read must
 * not lose the resource either.
 */
export function told(error: unknown, s: Situation): KeyVaultCertificateError {
  if (isError(error)) return retold(error, s);
  if (!(error instanceof Error)) throw error;
  return fail("KVC_UNEXPECTED", where(s), { words: String(error) }, { cause: error });
}

/** Whose key the leaf of an unusable chain has. */
function chainKnownAs({ chain }: Situation): string | undefined {
  if (chain?.kind !== "unusable" || chain.refusal.code !== "KVC_CHAIN_WRONG_KEY") return undefined;
  return chain.refusal.details.found.find(({ knownAs }) => knownAs !== undefined)?.knownAs;
}

function holderNamed(s: Situation, bundle: CertificateBundle | undefined): string {
  const mark = bundle === undefined ? undefined : readMark(bundle.tags);
  if (mark === undefined) return "nobody that a tag names";
  return mark.owner === s.mark.owner ? "this resource" : `another resource (owner ${mark.owner})`;
}

/** A request carries no tag; that of a placeholder is its request's, that of a version says nothing of the next one. */
function holderOfRequest(s: Situation): string {
  if (factsOf(s).requestOurs) return "this resource";
  if (bundleOf(s)?.cer === undefined) return holderNamed(s, bundleOf(s));
  return "somebody else than this resource, or to a run of it that was killed before its state was written";
}

/**
 * Of our own from the state, of another from its placeholder. Beside a version the service tells nothing but when the stored policy was last
 * written, which a create does and a later PATCH may have done again.
 */
function sinceOfRequest(s: Situation): string | undefined {
  if (factsOf(s).requestOurs && s.memory?.request?.orderedOn !== undefined) return s.memory.request.orderedOn;
  const bundle = bundleOf(s);
  if (bundle?.cer === undefined) return iso(bundle?.createdOn);
  return bundle.policyUpdatedOn === undefined
    ? undefined
    : `${iso(bundle.policyUpdatedOn) ?? ""} at the latest`;
}

function deleted(s: Situation) {
  return { deletedOn: iso(deletedOf(s)?.deletedOn) };
}

/** What stands where the request stood that is gone. */
function successor(s: Situation): string | undefined {
  const operation = operationOf(s);
  if (operation !== undefined && operation.requestId !== s.progress.followed) {
    return `request ${operation.requestId} at issuer "${operation.issuerName}" (${operation.status})`;
  }
  const version = bundleOf(s)?.cer === undefined ? undefined : bundleOf(s)?.version;
  return version === undefined ? undefined : `version ${version}, which is not what is wanted`;
}

function busyWith(s: Situation): string {
  if (s.conflict?.kind === "pendingConflict") return "another change of the pending request";
  if (s.conflict?.kind === "beingRecovered" || s.progress.nameChange === "recovered") return "a recovery";
  return s.progress.nameChange === "purged" ? "a purge" : "a deletion";
}

function iso(unixSeconds: number | undefined): string | undefined {
  return unixSeconds === undefined ? undefined : new Date(unixSeconds * 1000).toISOString();
}
