import fc from "fast-check";
import { decide, decisionTable } from "../../../provider/lifecycle/decide";
import { patienceForNameMs } from "../../../provider/lifecycle/patience";
import { factsOf } from "../../../provider/lifecycle/facts";
import type { Situation } from "../../../provider/lifecycle/situation";
import { someSituation } from "../build/arbitrary-situation";
import { issued, operation, policy, requestId } from "../build/certificate";
import { expectedRows as rows } from "../build/decision-rows";
import {
  answering,
  disturbed,
  ended,
  fitting,
  manual,
  met,
  metDeleted,
  requested,
  settled,
  superseded,
  wrongKey,
} from "../build/moments";
import { situation, strangersTags } from "../build/situation";

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

  test("never orders, cancels or deletes for a merge, whatever there is", () => {
    const ofRequest = ["order", "cancel", "awaitCancellation", "deleteRequest", "waitForOther"];
    fc.assert(
      fc.property(someSituation, (s) => {
        // What an order has met stands only where one was made.
        const merge = { ...s, conflict: undefined, wanted: { ...s.wanted, part: "merge" as const } };
        expect(ofRequest).not.toContain(decide(merge).action);
      }),
      { numRuns: 2000 },
    );
  });

  test("leaves a request beside a version that is there already to whom it belongs, for a merge", () => {
    const s = disturbed({ wanted: { part: "merge" }, certificate: fitting });
    expect(decide({ ...s, certificate: fitting })).toMatchObject({ action: "done", reason: "Fits" });
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
        const { action } = decide(s);
        if (s.conflict === undefined) expect(["fail", "lookAtSuccessor"]).toContain(action);
        else
          expect(["fail", "pause", "lookAtRequest", "lookAtDeleted", "recover", "purge"]).toContain(action);
      }),
      { numRuns: 2000 },
    );
  });
});

const signer = { command: ["./sign.sh"] } as const;

/** Situations in which both rows hold, so that only their order decides. */
const precedence: { first: string; second: string; because: string; situation: Situation }[] = [
  {
    first: "BusyTooLong",
    second: "Busy",
    because: "patience ends",
    situation: met("beingDeleted", { progress: { pausedMs: patienceForNameMs } }),
  },
  {
    first: "BusyTooLong",
    second: "Busy",
    because: "the deadline ends a pause too",
    situation: met("pendingConflict", { progress: { outOfTime: true } }),
  },
  {
    first: "Busy",
    second: "DeletedToPurge",
    because: "what is being purged is not purged again",
    situation: metDeleted({ wanted: { onSoftDeleted: "purge" }, progress: { nameChange: "purged" } }),
  },
  {
    first: "DeletedOfAnother",
    second: "DeletedToRecover",
    because: "a stranger's is not touched",
    situation: metDeleted({ deleted: issued({ tags: strangersTags }) }),
  },
  {
    first: "DeletedProtected",
    second: "DeletedToPurge",
    because: "the vault would refuse",
    situation: metDeleted({
      wanted: { onSoftDeleted: "purge" },
      deleted: { ...fitting, recoveryLevel: "CustomizedRecoverable" },
    }),
  },
  {
    first: "RequestInTheWay",
    second: "NothingThere",
    because: "the vault has just said that there is something",
    situation: met("pendingInProgress"),
  },
  {
    first: "HeldByStranger",
    second: "AttributesDiffer",
    because: "a stranger's tags are not touched",
    situation: situation({
      certificate: issued({ tags: strangersTags, policy: policy() }),
    }),
  },
  {
    first: "ChainAnswersUnsigned",
    second: "RequestFailed",
    because: "a chain from elsewhere makes up for the issuer",
    situation: { ...ended("failed"), chain: answering },
  },
  {
    first: "RequestFailed",
    second: "RequestAbandoned",
    because: "a new order is made by the next run only",
    situation: ended("failed"),
  },
  {
    first: "SuccessorNotLookedAt",
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
    second: "NotWaitedFor",
    because: "the chain is there",
    situation: requested({ wanted: manual, chain: answering }),
  },
  {
    first: "ChainAnswersRequest",
    second: "ChainDemanded",
    because: "the chain is there",
    situation: requested({ wanted: { ...manual, waitForCompletion: true }, chain: answering }),
  },
  {
    first: "ChainAnswersRequest",
    second: "ChainDemanded",
    because: "the signer has given the chain",
    situation: requested({
      wanted: { ...manual, signer, waitForCompletion: true },
      signed: "PEM",
      chain: answering,
    }),
  },
  {
    first: "ChainUnusable",
    second: "NotWaitedFor",
    because: "a signer is asked once in a run",
    situation: requested({ wanted: { ...manual, signer }, signed: "PEM", chain: wrongKey }),
  },
  {
    first: "SignerToAsk",
    second: "NotWaitedFor",
    because: "somebody is there who signs",
    situation: requested({ wanted: { ...manual, signer } }),
  },
  {
    first: "SignerToAsk",
    second: "ChainDemanded",
    because: "the chain is not there because nobody has asked for it",
    situation: requested({ wanted: { ...manual, signer, waitForCompletion: true } }),
  },
  {
    first: "NothingToMerge",
    second: "VersionOutdated",
    because: "a merge never orders",
    situation: superseded({ wanted: { ...manual, part: "merge" } }),
  },
  {
    first: "ConflictRefused",
    second: "VersionOutdated",
    because: "two orders never live at once",
    situation: disturbed(),
  },
  {
    first: "ConflictToCancel",
    second: "VersionOutdated",
    because: "two orders never live at once",
    situation: superseded(),
  },
  {
    first: "ConflictManual",
    second: "ConflictToCancel",
    because: "nobody would cancel it",
    situation: superseded({ wanted: manual }),
  },
  {
    first: "ConflictNotCancelled",
    second: "VersionOutdated",
    because: "a request that goes on stands in the way",
    situation: disturbed({ wanted: { onConflict: "cancel" }, progress: { cancellation: "refused" } }),
  },
  {
    first: "ConflictToCancel",
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
  {
    first: "VanishedAfterOrder",
    second: "RequestAbandoned",
    because: "a run that followed a request orders none",
    situation: requested({ operation: "absent", progress: { followed: requestId } }),
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

describe("a request in the way of a new version", () => {
  const integrated = { issuerName: "DigiCert" };
  test.each([
    [undefined, "ours", superseded, "cancel", undefined],
    ["wait", "ours", superseded, "waitForOther", undefined],
    ["cancel", "ours", superseded, "cancel", undefined],
    ["delete", "ours", superseded, "deleteRequest", undefined],
    ["fail", "ours", superseded, "fail", "KVC_REQUEST_IN_PROGRESS"],
    [undefined, "a stranger's", disturbed, "fail", "KVC_REQUEST_IN_PROGRESS"],
    ["wait", "a stranger's", disturbed, "waitForOther", undefined],
    ["cancel", "a stranger's", disturbed, "cancel", undefined],
    ["delete", "a stranger's", disturbed, "deleteRequest", undefined],
    ["fail", "a stranger's", disturbed, "fail", "KVC_REQUEST_IN_PROGRESS"],
  ] as const)("with onConflict %s and the request %s", (...[onConflict, , of, action, code]) => {
    const s = of({ wanted: { onConflict }, operation: operation(integrated) });
    expect(decide(s)).toMatchObject({ action, code });
  });

  test.each([
    [undefined, "deleteRequest"],
    ["cancel", "fail"],
  ] as const)("that was not cancelled in time, with onConflict %s, is to %s", (onConflict, action) => {
    const s = superseded({
      wanted: { onConflict },
      operation: operation(integrated),
      progress: { cancellation: "waited" },
    });
    expect(decide(s).action).toBe(action);
  });
});

describe("a soft-deleted certificate in the way of an order", () => {
  const nobodys = issued();
  const strangers = issued({ tags: strangersTags });
  test.each([
    ["ours", "recover", false, fitting, "recover", undefined],
    ["ours", "purge", false, fitting, "purge", undefined],
    ["ours", "fail", false, fitting, "fail", "KVC_SOFT_DELETED"],
    ["nobody's", "recover", false, nobodys, "fail", "KVC_SOFT_DELETED_NOT_OURS"],
    ["nobody's", "purge", true, nobodys, "purge", undefined],
    ["a stranger's", "recover", false, strangers, "fail", "KVC_SOFT_DELETED_NOT_OURS"],
    ["a stranger's", "purge", false, strangers, "fail", "KVC_SOFT_DELETED_NOT_OURS"],
    ["a stranger's", "recover", true, strangers, "recover", undefined],
    ["a stranger's", "purge", true, strangers, "purge", undefined],
    ["a stranger's", "fail", true, strangers, "fail", "KVC_SOFT_DELETED"],
  ] as const)(
    "of %s with onSoftDeleted %s and adopt %s",
    (...[, onSoftDeleted, adopt, deleted, action, code]) => {
      expect(decide(metDeleted({ deleted, wanted: { onSoftDeleted, adopt } }))).toMatchObject({
        action,
        code,
      });
    },
  );

  test.each([
    ["Purgeable", "purge"],
    ["Recoverable+Purgeable", "purge"],
    ["CustomizedRecoverable+Purgeable", "purge"],
    ["Recoverable", "fail"],
    ["Recoverable+ProtectedSubscription", "fail"],
    ["CustomizedRecoverable", "fail"],
    ["CustomizedRecoverable+ProtectedSubscription", "fail"],
  ])(
    "at recovery level %s, with onSoftDeleted purge, is to %s, and can be recovered",
    (recoveryLevel, action) => {
      const deleted = { ...fitting, recoveryLevel };
      expect(decide(metDeleted({ deleted, wanted: { onSoftDeleted: "purge" } })).action).toBe(action);
      expect(decide(metDeleted({ deleted })).action).toBe("recover");
    },
  );

  test("is waited for where it does not show yet, is being purged, or was recovered and does not show yet", () => {
    expect(decide(metDeleted({ deleted: "absent" })).reason).toBe("Busy");
    expect(decide(metDeleted({ progress: { nameChange: "purged" } })).reason).toBe("Busy");
    const recovered = situation({ certificate: "absent", progress: { nameChange: "recovered" } });
    expect(decide(recovered).reason).toBe("Busy");
  });
});
