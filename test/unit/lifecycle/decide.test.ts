import fc from "fast-check";
import { type Action, decide, decisionTable, patienceForNameMs } from "../../../provider/lifecycle/decide";
import { factsOf } from "../../../provider/lifecycle/facts";
import type { Situation } from "../../../provider/lifecycle/situation";
import type { ErrorCode } from "../../../provider/errors/table";
import { someSituation } from "../build/arbitrary-situation";
import { issued, operation, otherRequestId, placeholder, policy, requestId } from "../build/certificate";
import {
  memory,
  otherGeneration,
  ourTags,
  situation,
  type SituationChanges,
  strangersTags,
  wanted,
} from "../build/situation";

interface Row {
  readonly reason: string;
  readonly action: Action;
  readonly code?: ErrorCode;
  /** The history, in words. */
  readonly when: string;
  readonly situation: Situation;
}

const fitting = issued({ tags: ourTags() });
const outdated = issued({ tags: ourTags(wanted(), { generation: otherGeneration }) });
const unused = { code: "KVC_CHAIN_EMPTY", details: {} } as const;
const manual = { policy: policy({ issuerName: "Unknown" }) };
const ca = { policy: policy({ issuerName: "DigiCert" }) };

/** A placeholder of ours with its request in progress. */
function requested(changes: SituationChanges = {}): Situation {
  const what = wanted(changes.wanted);
  return situation({
    certificate: placeholder({ tags: ourTags(what), policy: what.policy }),
    operation: operation({ issuerName: what.policy.issuerName }),
    ...changes,
  });
}

/** The current version is ours and what is wanted, and nothing is in progress. */
function settled(changes: SituationChanges = {}): Situation {
  return situation({ certificate: fitting, memory: memory({ request: undefined }), ...changes });
}

/** A request of ours in progress that was made for something else. */
function superseded(changes: SituationChanges = {}): Situation {
  const { wanted: what, ...others } = changes;
  return requested({
    ...(what === undefined ? {} : { wanted: what }),
    certificate: outdated,
    memory: memory({ request: { requestId, generation: otherGeneration, unfinished: true } }),
    ...others,
  });
}

/** The request that this run ordered has ended so. */
function ended(outcome: Situation["progress"]["outcome"], status = "failed"): Situation {
  return requested({
    operation: operation({ status }),
    progress: { ordered: requestId, accepted: true, outcome },
  });
}

const withConflict = (kind: NonNullable<Situation["conflict"]>["kind"], pausedMs = 0) =>
  situation({ certificate: "absent", conflict: { kind, words: "words" }, progress: { pausedMs } });

const rows: Row[] = [
  {
    reason: "RequestInTheWay",
    when: "an order met a request in progress",
    action: "lookAtRequest",
    situation: withConflict("pendingInProgress"),
  },
  {
    reason: "RequestBusy",
    when: "an order met a pending object that is being changed",
    action: "pause",
    situation: withConflict("pendingConflict"),
  },
  {
    reason: "NameSoftDeleted",
    when: "an order met a deleted certificate",
    action: "fail",
    code: "KVC_SOFT_DELETED",
    situation: withConflict("softDeleted"),
  },
  {
    reason: "NameBusyTooLong",
    when: "the name is still being deleted after five minutes",
    action: "fail",
    code: "KVC_BEING_CHANGED",
    situation: withConflict("beingDeleted", patienceForNameMs),
  },
  {
    reason: "NameBusy",
    when: "the name is being recovered",
    action: "pause",
    situation: withConflict("beingRecovered", patienceForNameMs - 1),
  },
  {
    reason: "NameTaken",
    when: "a plain key or secret has the name",
    action: "fail",
    code: "KVC_NAME_TAKEN",
    situation: withConflict("nameTaken"),
  },
  {
    reason: "ConflictUnknown",
    when: "an order met a conflict that nobody knows",
    action: "fail",
    code: "KVC_CONFLICT_UNKNOWN",
    situation: withConflict("unknown"),
  },
  {
    reason: "NotLookedAt",
    when: "the run begins",
    action: "lookAtCertificate",
    situation: situation(),
  },
  {
    reason: "HeldByStranger",
    when: "the tag names another resource",
    action: "fail",
    code: "KVC_NOT_OURS",
    situation: situation({ certificate: issued({ tags: strangersTags }) }),
  },
  {
    reason: "HeldByNobody",
    when: "there is a certificate without a tag, and no state of ours",
    action: "fail",
    code: "KVC_ALREADY_EXISTS",
    situation: situation({ certificate: issued() }),
  },
  {
    reason: "RequestFailed",
    when: "the issuer refused",
    action: "fail",
    code: "KVC_REQUEST_FAILED",
    situation: ended("failed"),
  },
  {
    reason: "RequestCancelled",
    when: "somebody cancelled the request that was waited for",
    action: "fail",
    code: "KVC_REQUEST_CANCELLED",
    situation: ended("cancelled", "canceled"),
  },
  {
    reason: "RequestGone",
    when: "somebody deleted the request that was waited for",
    action: "fail",
    code: "KVC_REQUEST_GONE",
    situation: ended("gone", "inProgress"),
  },
  {
    reason: "StatusUnknown",
    when: "the status is not in the table",
    action: "fail",
    code: "KVC_STATUS_UNKNOWN",
    situation: requested({ operation: operation({ status: "Paused" }) }),
  },
  {
    reason: "TimedOut",
    when: "the deadline passed",
    action: "fail",
    code: "KVC_TIMED_OUT",
    situation: ended("timedOut", "inProgress"),
  },
  {
    reason: "EngineGone",
    when: "the engine went away",
    action: "fail",
    code: "KVC_ENGINE_GONE",
    situation: ended("engineGone", "inProgress"),
  },
  {
    reason: "RequestNotLookedAt",
    when: "a crash left a placeholder with our mark",
    action: "lookAtRequest",
    situation: requested({ operation: undefined }),
  },
  {
    reason: "RequestCompleted",
    when: "the request that fits has ended well, and its version has not been read",
    action: "readVersion",
    situation: requested({ operation: operation({ status: "completed" }) }),
  },
  {
    reason: "ChainAnswersRequest",
    when: "the chain is for the key of the request that waits",
    action: "merge",
    situation: requested({ wanted: manual, chain: { kind: "answers", x5c: ["MIIB"], warnings: [] } }),
  },
  {
    reason: "ChainUnusable",
    when: "the chain is for another key",
    action: "fail",
    code: "KVC_CHAIN_WRONG_KEY",
    situation: requested({
      wanted: manual,
      chain: {
        kind: "unusable",
        refusal: { code: "KVC_CHAIN_WRONG_KEY", details: { csrSpkiSha256: "AB", found: [] } },
      },
    }),
  },
  {
    reason: "ChainDemanded",
    when: "waitForCompletion is true and there is no chain",
    action: "fail",
    code: "KVC_WAITING_FOR_CHAIN",
    situation: requested({ wanted: { ...manual, waitForCompletion: true } }),
  },
  {
    reason: "InProgress",
    when: "an issuer works on the request",
    action: "wait",
    situation: requested({ wanted: ca }),
  },
  {
    reason: "SupersededManual",
    when: "a request that waits for a chain is for something else",
    action: "deleteRequest",
    situation: superseded({ wanted: manual }),
  },
  {
    reason: "Superseded",
    when: "an issuer works on something else",
    action: "cancel",
    situation: superseded(),
  },
  {
    reason: "SupersededCancelling",
    when: "its cancellation was asked for",
    action: "awaitCancellation",
    situation: superseded({ progress: { cancellation: "asked" } }),
  },
  {
    reason: "SupersededToDelete",
    when: "its cancellation was refused",
    action: "deleteRequest",
    situation: superseded({ progress: { cancellation: "refused" } }),
  },
  {
    reason: "RequestOfAnother",
    when: "the request in progress was made by nobody that is known, for something else",
    action: "fail",
    code: "KVC_REQUEST_IN_PROGRESS",
    situation: superseded({ operation: operation({ requestId: otherRequestId, issuerName: "DigiCert" }) }),
  },
  {
    reason: "ChainWithoutRequest",
    when: "the chain is not of the current version, and no request waits",
    action: "fail",
    code: "KVC_CHAIN_WITHOUT_REQUEST",
    situation: settled({ chain: { kind: "unusable", refusal: unused } }),
  },
  {
    reason: "AttributesDiffer",
    when: "a tag is missing",
    action: "patchAttributes",
    situation: settled({ wanted: { tags: { team: "web" } } }),
  },
  {
    reason: "PolicyDiffers",
    when: "the stored policy has drifted",
    action: "patchPolicy",
    situation: settled({ certificate: { ...fitting, policy: policy({ keySize: 4096 }) } }),
  },
  {
    reason: "Fits",
    when: "the current version is what is wanted",
    action: "done",
    situation: settled(),
  },
  {
    reason: "WaitsForChain",
    when: "the CSR is out and there is no chain yet",
    action: "done",
    situation: requested({ wanted: manual }),
  },
  {
    reason: "VanishedAfterOrder",
    when: "what this run ordered ended well and gave nothing that fits",
    action: "fail",
    code: "KVC_NOT_SETTLING",
    situation: requested({
      operation: operation({ status: "completed", requestId: otherRequestId }),
      certificate: outdated,
      progress: { ordered: requestId, outcome: "succeeded", completed: false },
    }),
  },
  {
    reason: "NothingThere",
    when: "the name is free",
    action: "order",
    situation: situation({ certificate: "absent" }),
  },
  {
    reason: "RequestAbandoned",
    when: "only a placeholder is left of an earlier request",
    action: "order",
    situation: requested({ operation: "absent" }),
  },
  {
    reason: "VersionOutdated",
    when: "the current version was made for something else",
    action: "order",
    situation: situation({ certificate: outdated, memory: memory({ request: undefined }) }),
  },
];

describe("the decision", () => {
  test.each(rows)("$reason: where $when, it is to $action", ({ reason, action, code, situation: s }) => {
    expect(decide(s)).toEqual({ reason, action, code });
  });

  test("has no row without a test, and no test without a row", () => {
    expect(rows.map(({ reason }) => reason)).toEqual(decisionTable.map(({ reason }) => reason));
  });

  test("names every row differently", () => {
    expect(new Set(decisionTable.map(({ reason }) => reason)).size).toBe(decisionTable.length);
  });

  test("ends in a code exactly where it fails", () => {
    for (const { action, code } of decisionTable) expect(code === undefined).toBe(action !== "fail");
  });

  test("is made for every situation, and only by its first row that holds", () => {
    fc.assert(
      fc.property(someSituation, (s) => {
        const facts = factsOf(s);
        const holding = decisionTable.filter(({ when }) => when(facts, s));
        expect(holding).not.toHaveLength(0);
        expect(decide(s).reason).toBe(holding[0]?.reason);
      }),
      { numRuns: 2000 },
    );
  });

  test("is the same for the same situation, and leaves the situation alone", () => {
    fc.assert(
      fc.property(someSituation, (s) => {
        const before = structuredClone(s);
        expect(decide(s)).toEqual(decide(structuredClone(s)));
        expect(s).toEqual(before);
      }),
    );
  });

  test("never orders beside a request in progress that has been seen, nor twice in a run", () => {
    fc.assert(
      fc.property(someSituation, (s) => {
        if (decide(s).action !== "order") return;
        expect(factsOf(s).request).not.toBe("inProgress");
        expect(s.progress.ordered).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });

  test("never orders where the request that was waited for has ended well and its version does not show yet", () => {
    const s = requested({
      operation: operation({ status: "completed" }),
      progress: { followed: requestId, outcome: "succeeded", completed: true },
    });
    expect(decide(s).action).not.toBe("order");
  });

  test("writes nothing to a stranger's certificate that is not to be adopted", () => {
    fc.assert(
      fc.property(someSituation, (s) => {
        const seen = s.certificate !== undefined && s.certificate !== "absent";
        if (!seen || factsOf(s).holder === "us" || s.wanted.adopt) return;
        expect(["fail", "pause", "lookAtRequest"]).toContain(decide(s).action);
      }),
      { numRuns: 2000 },
    );
  });
});

/** Situations in which both rows hold, so that only their order decides. */
const precedence: { first: string; second: string; because: string; situation: Situation }[] = [
  {
    first: "NameBusyTooLong",
    second: "NameBusy",
    because: "patience ends",
    situation: withConflict("beingDeleted", patienceForNameMs),
  },
  {
    first: "RequestInTheWay",
    second: "NothingThere",
    because: "the vault has just said that there is something",
    situation: withConflict("pendingInProgress"),
  },
  {
    first: "HeldByStranger",
    second: "AttributesDiffer",
    because: "a stranger's tags are not touched",
    situation: situation({ certificate: issued({ tags: strangersTags }) }),
  },
  {
    first: "RequestFailed",
    second: "RequestAbandoned",
    because: "a new order is made by the next run only",
    situation: ended("failed"),
  },
  {
    first: "RequestGone",
    second: "InProgress",
    because: "what is gone is not waited for again",
    situation: ended("gone", "inProgress"),
  },
  {
    first: "TimedOut",
    second: "InProgress",
    because: "a deadline ends the wait",
    situation: ended("timedOut", "inProgress"),
  },
  {
    first: "EngineGone",
    second: "InProgress",
    because: "nothing is done for nobody",
    situation: ended("engineGone", "inProgress"),
  },
  {
    first: "RequestNotLookedAt",
    second: "RequestAbandoned",
    because: "the request may live",
    situation: requested({ operation: undefined }),
  },
  {
    first: "RequestCompleted",
    second: "RequestAbandoned",
    because: "the version is only to be read",
    situation: requested({ operation: operation({ status: "completed" }) }),
  },
  {
    first: "ChainAnswersRequest",
    second: "WaitsForChain",
    because: "the chain is there",
    situation: requested({ wanted: manual, chain: { kind: "answers", x5c: [], warnings: [] } }),
  },
  {
    first: "ChainAnswersRequest",
    second: "ChainDemanded",
    because: "the chain is there",
    situation: requested({
      wanted: { ...manual, waitForCompletion: true },
      chain: { kind: "answers", x5c: [], warnings: [] },
    }),
  },
  {
    first: "Superseded",
    second: "VersionOutdated",
    because: "two orders never live at once",
    situation: superseded(),
  },
  {
    first: "SupersededManual",
    second: "Superseded",
    because: "nobody would cancel it",
    situation: superseded({ wanted: manual }),
  },
  {
    first: "Superseded",
    second: "Fits",
    because: "a request that nobody wants is ended though the version fits",
    situation: superseded({ certificate: fitting }),
  },
  {
    first: "AttributesDiffer",
    second: "Fits",
    because: "tags are patched in place",
    situation: settled({ wanted: { tags: { team: "web" } } }),
  },
  {
    first: "PolicyDiffers",
    second: "Fits",
    because: "a drifted policy is patched back and not reissued",
    situation: settled({ certificate: { ...fitting, policy: policy({ keySize: 4096 }) } }),
  },
  {
    first: "VanishedAfterOrder",
    second: "NothingThere",
    because: "a run orders once",
    situation: situation({ certificate: "absent", progress: { ordered: requestId } }),
  },
];

describe("the order of the decision's rows", () => {
  test.each(precedence)("has $first before $second: $because", ({ first, second, situation: s }) => {
    const facts = factsOf(s);
    const holding = decisionTable.filter(({ when }) => when(facts, s)).map(({ reason }) => reason);
    expect(holding).toContain(second);
    expect(decide(s).reason).toBe(first);
  });
});
