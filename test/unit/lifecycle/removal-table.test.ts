import fc from "fast-check";
import { patienceForDeletionMs, patienceForNameMs } from "../../../provider/lifecycle/patience";
import { decideRemoval, type RemovalAction, removalTable } from "../../../provider/lifecycle/removal";
import type { Situation } from "../../../provider/lifecycle/situation";
import { someSituation } from "../build/arbitrary-situation";
import { issued, operation, placeholder, policy } from "../build/certificate";
import { memory, ourTags, situation, type SituationChanges, strangersTags, wanted } from "../build/situation";

function requested(changes: SituationChanges = {}): Situation {
  return situation({
    memory: memory(),
    certificate: placeholder({ tags: ourTags() }),
    operation: operation(),
    ...changes,
  });
}

const rows: {
  reason: string;
  when: string;
  action: RemovalAction;
  situation: Situation;
  purge?: boolean;
}[] = [
  {
    reason: "BusyTooLong",
    when: "the pending object has been changing for ten minutes",
    action: "fail",
    situation: requested({
      conflict: { kind: "pendingConflict", words: "words" },
      progress: { pausedMs: patienceForNameMs },
    }),
  },
  {
    reason: "Busy",
    when: "the pending object is being changed",
    action: "pause",
    situation: requested({ conflict: { kind: "pendingConflict", words: "words" } }),
  },
  { reason: "NotLookedAt", when: "the run begins", action: "lookAtCertificate", situation: situation() },
  {
    reason: "NotToPurge",
    when: "the vault has none",
    action: "done",
    situation: situation({ certificate: "absent" }),
  },
  {
    reason: "DeletedNotLookedAt",
    when: "the vault has none, and the name is to be free",
    action: "lookAtDeleted",
    purge: true,
    situation: situation({ certificate: "absent" }),
  },
  {
    reason: "DeletedProtected",
    when: "its vault lets nobody purge",
    action: "done",
    purge: true,
    situation: situation({
      certificate: "absent",
      deleted: issued({ tags: ourTags(), recoveryLevel: "Recoverable" }),
    }),
  },
  {
    reason: "PurgeLeft",
    when: "an earlier delete did not get to its purge",
    action: "purge",
    purge: true,
    situation: situation({ certificate: "absent", deleted: issued({ tags: ourTags() }) }),
  },
  {
    reason: "PerhapsDeleting",
    when: "it is neither live nor deleted, as in the middle of a deletion",
    action: "pause",
    purge: true,
    situation: situation({ certificate: "absent", deleted: "absent" }),
  },
  {
    reason: "AlreadyGone",
    when: "no deletion has shown for as long as one takes",
    action: "done",
    purge: true,
    situation: situation({
      certificate: "absent",
      deleted: "absent",
      progress: { pausedMs: patienceForDeletionMs },
    }),
  },
  {
    reason: "OwnedByAnother",
    when: "the tag names another resource",
    action: "leave",
    situation: situation({ certificate: issued({ tags: strangersTags }) }),
  },
  {
    reason: "RequestNotLookedAt",
    when: "a placeholder names a request",
    action: "lookAtRequest",
    situation: requested({ operation: undefined }),
  },
  { reason: "RequestInProgress", when: "an issuer works on it", action: "cancel", situation: requested() },
  {
    reason: "Cancelling",
    when: "the cancellation was asked for",
    action: "awaitCancellation",
    situation: requested({ progress: { cancellation: "asked" } }),
  },
  {
    reason: "RequestLeft",
    when: "the request waits for a chain, which nobody would cancel",
    action: "deleteRequest",
    situation: requested({
      wanted: { policy: policy({ issuerName: "Unknown" }) },
      operation: operation({ issuerName: "Unknown" }),
    }),
  },
  {
    reason: "CertificateLeft",
    when: "nothing is in progress",
    action: "deleteCertificate",
    situation: situation({
      certificate: issued({ tags: ourTags() }),
      memory: memory({ request: undefined }),
      operation: "absent",
    }),
  },
];

const taken = (s: Situation, purge = false) => decideRemoval(s, { purge });

describe("the decision of a removal", () => {
  test.each(rows)("$reason: where $when, it is to $action", ({ reason, action, situation: s, purge }) => {
    expect(taken(s, purge)).toMatchObject({ reason, action });
  });

  test("has no row without a test, and no test without a row", () => {
    expect(rows.map(({ reason }) => reason)).toEqual(removalTable.map(({ reason }) => reason));
  });

  test("leaves a later incarnation of the same resource to its owner", () => {
    const tags = ourTags(wanted(), { incarnation: "ffffffff" });
    expect(taken(situation({ certificate: issued({ tags }) })).action).toBe("leave");
  });

  test("takes the state for the authority where there is no tag", () => {
    const untagged = {
      certificate: issued(),
      operation: "absent",
      memory: memory({ request: undefined }),
    } as const;
    expect(taken(situation(untagged)).action).toBe("deleteCertificate");
  });

  test("deletes a request whose cancellation was refused", () => {
    expect(taken(requested({ progress: { cancellation: "refused" } })).action).toBe("deleteRequest");
  });

  test("looks at whatever request there is: one that no state remembers lives on too", () => {
    const request = { requestId: "a".repeat(32), generation: "b".repeat(16), unfinished: false };
    const s = situation({ certificate: issued({ tags: ourTags() }), memory: memory({ request }) });
    expect(taken(s).action).toBe("lookAtRequest");
  });

  test.each([
    ["another resource", issued({ tags: strangersTags })],
    ["a later incarnation", issued({ tags: ourTags(wanted(), { incarnation: "ffffffff" }) })],
    ["nobody that a tag names", issued()],
  ])("purges nothing that was deleted and belongs to %s", (_, deleted) => {
    expect(taken(situation({ certificate: "absent", deleted }), true).action).toBe("done");
  });

  test.each<[string, SituationChanges]>([
    ["its own deletion", { deleted: "absent", progress: { removed: true } }],
    [
      "its own purge",
      { deleted: issued({ tags: ourTags() }), progress: { removed: true, nameChange: "purged" } },
    ],
  ])("waits for %s, ten minutes at most", (_, changes) => {
    const s = situation({ certificate: "absent", ...changes });
    expect(taken(s, true).action).toBe("pause");
    expect(taken({ ...s, progress: { ...s.progress, pausedMs: patienceForNameMs } }, true).action).toBe(
      "fail",
    );
  });

  test("ends once the purge has", () => {
    const s = { certificate: "absent", deleted: "absent", progress: { nameChange: "purged" } } as const;
    expect(taken(situation(s), true).action).toBe("done");
  });

  test("purges what it has deleted itself, though no tag says whose it is", () => {
    const s = { certificate: "absent", deleted: issued(), progress: { removed: true } } as const;
    expect(taken(situation(s), true).action).toBe("purge");
  });

  test("purges what bears the mark of the incarnation that its create has taken over", () => {
    const deleted = issued({ tags: ourTags(wanted(), { incarnation: "ffffffff" }) });
    const s = { certificate: "absent", deleted, memory: memory({ tookOver: "ffffffff" }) } as const;
    expect(taken(situation(s), true).action).toBe("purge");
    expect(taken(situation({ ...s, memory: memory() }), true).action).toBe("done");
  });

  test("is given up where the deadline passes in a pause", () => {
    const conflict = { kind: "pendingConflict", words: "words" } as const;
    expect(taken(requested({ conflict, progress: { outOfTime: true } })).action).toBe("fail");
  });

  test.each([
    ["its deletion has ended", { removed: true }],
    ["its purge has freed the name", { removed: true, nameChange: "purged" as const }],
  ])("leaves what stands there without a tag once %s", (_, progress) => {
    const changes = { certificate: issued(), memory: memory({ request: undefined }), progress };
    expect(taken(situation(changes), true)).toMatchObject({ reason: "OwnedByAnother", action: "leave" });
  });

  test("deletes what bears the mark that its create has replaced: a request of then has given it", () => {
    const certificate = issued({ tags: ourTags(wanted(), { incarnation: "ffffffff" }) });
    const before = { certificate, operation: "absent", memory: memory({ tookOver: "ffffffff" }) } as const;
    expect(taken(situation(before)).action).toBe("deleteCertificate");
  });

  test("does not take a deletion for ended where the deadline passes before it shows", () => {
    const s = { certificate: "absent", deleted: "absent", progress: { outOfTime: true } } as const;
    expect(taken(situation(s), true)).toMatchObject({ reason: "BusyTooLong", action: "fail" });
  });

  test("is made for every situation, and never touches what another owns", () => {
    fc.assert(
      fc.property(someSituation, fc.boolean(), (s, purge) => {
        const action = taken(s, purge).action;
        expect(action).toBeDefined();
        const tags = s.certificate === undefined || s.certificate === "absent" ? {} : s.certificate.tags;
        if (Object.values(tags).some((tag) => tag === Object.values(strangersTags)[0]))
          expect(["leave", "pause", "fail"]).toContain(action);
      }),
      { numRuns: 1000 },
    );
  });
});
