import fc from "fast-check";
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

const rows: { reason: string; when: string; action: RemovalAction; situation: Situation }[] = [
  { reason: "NotLookedAt", when: "the run begins", action: "lookAtCertificate", situation: situation() },
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
    }),
  },
];

const taken = (s: Situation) => removalTable.find(({ when }) => when(s));

describe("the decision of a removal", () => {
  test.each(rows)("$reason: where $when, it is to $action", ({ reason, action, situation: s }) => {
    expect(taken(s)).toMatchObject({ reason, action });
  });

  test("has no row without a test, and no test without a row", () => {
    expect(rows.map(({ reason }) => reason)).toEqual(removalTable.map(({ reason }) => reason));
  });

  test("leaves a later incarnation of the same resource to its owner", () => {
    const tags = ourTags(wanted(), { incarnation: "ffffffff" });
    expect(taken(situation({ certificate: issued({ tags }) }))?.action).toBe("leave");
  });

  test("takes the state for the authority where there is no tag", () => {
    expect(taken(situation({ certificate: issued(), memory: memory({ request: undefined }) }))?.action).toBe(
      "deleteCertificate",
    );
  });

  test("deletes a request whose cancellation was refused", () => {
    expect(taken(requested({ progress: { cancellation: "refused" } }))?.action).toBe("deleteRequest");
  });

  test("does not look at a request that had ended: it goes with its certificate", () => {
    const request = { requestId: "a".repeat(32), generation: "b".repeat(16), unfinished: false };
    const s = situation({ certificate: issued({ tags: ourTags() }), memory: memory({ request }) });
    expect(taken(s)?.action).toBe("deleteCertificate");
  });

  test("is made for every situation, and never touches what another owns", () => {
    fc.assert(
      fc.property(someSituation, (s) => {
        const action = taken(s)?.action;
        expect(action).toBeDefined();
        const tags = s.certificate === undefined || s.certificate === "absent" ? {} : s.certificate.tags;
        if (Object.values(tags).some((tag) => tag === Object.values(strangersTags)[0]))
          expect(action).toBe("leave");
      }),
      { numRuns: 1000 },
    );
  });
});
