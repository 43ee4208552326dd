import fc from "fast-check";
import { patienceForNameMs } from "../../../provider/lifecycle/decide";
import { type RemovalAction, removalTable } from "../../../provider/lifecycle/removal";
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
    reason: "DeletedNotLookedAt",
    when: "the vault has none, and the name is to be free",
    action: "lookAtDeleted",
    purge: true,
    situation: situation({ certificate: "absent" }),
  },
  {
    reason: "PurgeLeft",
    when: "an earlier delete did not get to its purge",
    action: "purgeDeleted",
    purge: true,
    situation: situation({ certificate: "absent", deleted: issued({ tags: ourTags() }) }),
  },
  {
    reason: "AlreadyGone",
    when: "the vault has none",
    action: "done",
    situation: situation({ certificate: "absent" }),
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

const taken = (s: Situation, purge = false) => removalTable.find(({ when }) => when(s, { purge }));

describe("the decision of a removal", () => {
  test.each(rows)("$reason: where $when, it is to $action", ({ reason, action, situation: s, purge }) => {
    expect(taken(s, purge)).toMatchObject({ reason, action });
  });

  test("has no row without a test, and no test without a row", () => {
    expect(rows.map(({ reason }) => reason)).toEqual(removalTable.map(({ reason }) => reason));
  });

  test("leaves a later incarnation of the same resource to its owner", () => {
    const tags = ourTags(wanted(), { incarnation: "ffffffff" });
    expect(taken(situation({ certificate: issued({ tags }) }))?.action).toBe("leave");
  });

  test("takes the state for the authority where there is no tag", () => {
    const untagged = {
      certificate: issued(),
      operation: "absent",
      memory: memory({ request: undefined }),
    } as const;
    expect(taken(situation(untagged))?.action).toBe("deleteCertificate");
  });

  test("deletes a request whose cancellation was refused", () => {
    expect(taken(requested({ progress: { cancellation: "refused" } }))?.action).toBe("deleteRequest");
  });

  test("looks at whatever request there is: one that no state remembers lives on too", () => {
    const request = { requestId: "a".repeat(32), generation: "b".repeat(16), unfinished: false };
    const s = situation({ certificate: issued({ tags: ourTags() }), memory: memory({ request }) });
    expect(taken(s)?.action).toBe("lookAtRequest");
  });

  test.each([
    ["another resource", issued({ tags: strangersTags })],
    ["a later incarnation", issued({ tags: ourTags(wanted(), { incarnation: "ffffffff" }) })],
    ["nobody that a tag names", issued()],
    ["nobody at all", "absent" as const],
  ])("purges nothing that was deleted and belongs to %s", (_, deleted) => {
    expect(taken(situation({ certificate: "absent", deleted }), true)?.action).toBe("done");
  });

  test("is given up where the deadline passes in a pause", () => {
    const conflict = { kind: "pendingConflict", words: "words" } as const;
    expect(taken(requested({ conflict, progress: { outOfTime: true } }))?.action).toBe("fail");
  });

  test("is made for every situation, and never touches what another owns", () => {
    fc.assert(
      fc.property(someSituation, fc.boolean(), (s, purge) => {
        const action = taken(s, purge)?.action;
        expect(action).toBeDefined();
        const tags = s.certificate === undefined || s.certificate === "absent" ? {} : s.certificate.tags;
        if (Object.values(tags).some((tag) => tag === Object.values(strangersTags)[0]))
          expect(["leave", "pause", "fail"]).toContain(action);
      }),
      { numRuns: 1000 },
    );
  });
});
