import type { Situation } from "../../../provider/lifecycle/situation";
import type { CertificateBundle } from "../../../provider/vault/model";
import { issued, operation, placeholder, policy, requestId } from "./certificate";
import { memory, otherGeneration, ourTags, situation, type SituationChanges, wanted } from "./situation";

/** Moments of a run that many tests begin from. */

export const fitting: CertificateBundle = issued({ tags: ourTags() });
export const outdated: CertificateBundle = issued({
  tags: ourTags(wanted(), { generation: otherGeneration }),
});
export const manual = { policy: policy({ issuerName: "Unknown" }) };
export const ca = { policy: policy({ issuerName: "DigiCert" }) };
export const answering = { kind: "answers", x5c: ["MIIB"], warnings: [] } as const;
export const wrongKey = {
  kind: "unusable",
  refusal: { code: "KVC_CHAIN_WRONG_KEY", details: { csrSpkiSha256: "AB", found: [], more: 0 } },
} as const;

/** A placeholder of ours with its request in progress. */
export function requested(changes: SituationChanges = {}): Situation {
  const what = wanted(changes.wanted);
  return situation({
    certificate: placeholder({ tags: ourTags(what), policy: what.policy }),
    operation: operation({ issuerName: what.policy.issuerName }),
    ...changes,
  });
}

/** The current version is ours and what is wanted, and nothing is in progress. */
export function settled(changes: SituationChanges = {}): Situation {
  return situation({ certificate: fitting, memory: memory({ request: undefined }), ...changes });
}

/** A request of ours in progress that was made for something else. */
export function superseded(changes: SituationChanges = {}): Situation {
  const { wanted: what, ...others } = changes;
  return requested({
    ...(what === undefined ? {} : { wanted: what }),
    certificate: outdated,
    memory: memory({ request: { requestId, generation: otherGeneration, unfinished: true } }),
    ...others,
  });
}

/** A request that somebody else made, for something else, is in the way of a new version. */
export function disturbed(changes: SituationChanges = {}): Situation {
  return situation({
    certificate: { ...outdated, policy: policy({ keySize: 3072 }) },
    operation: operation({ issuerName: "DigiCert" }),
    memory: memory({ request: undefined }),
    ...changes,
  });
}

/** The request that this run ordered has ended so. */
export function ended(outcome: Situation["progress"]["outcome"], status = "failed"): Situation {
  return requested({
    operation: operation({ status }),
    progress: { ordered: requestId, followed: requestId, accepted: true, outcome },
  });
}

/** An order met a 409. */
export function met(
  kind: NonNullable<Situation["conflict"]>["kind"],
  changes: SituationChanges = {},
): Situation {
  return situation({ certificate: "absent", conflict: { kind, words: "words" }, ...changes });
}

/** An order met a soft-deleted certificate, which by now has been looked at. */
export function metDeleted(changes: SituationChanges = {}): Situation {
  return met("softDeleted", { deleted: fitting, ...changes });
}
