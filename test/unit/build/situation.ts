import { markedTags, type OwnerMark } from "../../../provider/lifecycle/ownership";
import { beginning, type Memory, type Progress, type Situation } from "../../../provider/lifecycle/situation";
import { generationOf } from "../../../provider/lifecycle/generation";
import type { Wanted } from "../../../provider/lifecycle/wanted";
import { certificateName, policy, requestId, vaultUrl } from "./certificate";

export const owner = "0123456789abcdef";
export const incarnation = "0a1b2c3d";

export function wanted(changes: Partial<Wanted> = {}): Wanted {
  return {
    part: "whole",
    vaultUrl,
    certificateName,
    policy: policy(),
    enabled: true,
    tags: {},
    preserveCertificateOrder: undefined,
    chain: undefined,
    signer: undefined,
    reissue: undefined,
    adopt: false,
    waitForCompletion: undefined,
    onConflict: undefined,
    onSoftDeleted: "recover",
    renewal: undefined,
    ownershipTag: true,
    ...changes,
  };
}

/** This resource's mark, of the generation of what is wanted. */
export function markOf(what: Wanted, changes: Partial<OwnerMark> = {}): OwnerMark {
  return { owner, incarnation, generation: generationOf(what), ...changes };
}

/** A generation that no wanted policy of these tests has. */
export const otherGeneration = "ffffffffffffffff";

/** The tags of a version that is what is wanted. */
export function ourTags(what: Wanted = wanted(), changes: Partial<OwnerMark> = {}): Record<string, string> {
  return markedTags(what.tags, markOf(what, changes));
}

export const strangersTags = ourTags(wanted(), { owner: "feedfacefeedface" });

/** What the state remembers of an earlier run that made `requestId` for what is wanted. */
export function memory(changes: Partial<Memory> = {}): Memory {
  const generation = generationOf(wanted());
  return { incarnation, generation, request: { requestId, generation, unfinished: true }, ...changes };
}

export type SituationChanges = Partial<Omit<Situation, "wanted" | "progress">> & {
  readonly wanted?: Partial<Wanted>;
  readonly progress?: Partial<Progress>;
};

export function situation(changes: SituationChanges = {}): Situation {
  const what = wanted(changes.wanted);
  const start = beginning(what, markOf(what), undefined, 0);
  return { ...start, ...changes, wanted: what, progress: { ...start.progress, ...changes.progress } };
}
