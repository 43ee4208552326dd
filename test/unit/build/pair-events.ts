import fc from "fast-check";
import {
  type Interruption,
  optional,
  someBehaviour,
  someInterruption,
  strangersDeeds,
  type Wish,
} from "./history-events";
import type { Behaviour } from "./model-request";
import type { TwoResources } from "./model-stack";

type Which = keyof TwoResources;

/** What the program says, as far as histories of a certificate in two resources change it. */
export interface PairWish extends Pick<
  Wish,
  "keyCurveName" | "onConflict" | "onSoftDeleted" | "adopt" | "actionDays" | "team" | "enabled"
> {
  readonly reissue: number | undefined;
  readonly purgeOnDelete: boolean;
  /** Renewed 30 days before its end. */
  readonly renewed: boolean;
  /** Which of the two are in the program. */
  readonly left: "both" | "request" | "none";
}

export const firstPairWish: PairWish = {
  keyCurveName: "P-256",
  reissue: undefined,
  onConflict: undefined,
  onSoftDeleted: undefined,
  adopt: false,
  actionDays: undefined,
  team: undefined,
  enabled: true,
  purgeOnDelete: false,
  renewed: false,
  left: "both",
};

/** Key Vault itself renews none that is signed elsewhere. */
const deedsToPairs = strangersDeeds.filter((deed) => deed !== "renews");

const deedsOfPairs = [
  "overwritesRequest",
  "overwritesAlike",
  "merges",
  "mergesWithoutTags",
  "mergesAnother",
] as const;

export type OwnPairDeed = (typeof deedsOfPairs)[number];
export type PairDeed = (typeof deedsToPairs)[number] | OwnPairDeed;

/**
 * Which chain the program gives: what the CA derives from `csrPem`; else one that is written down, and stays: for the CSR that the state has now,
 * for the one before it, for whatever request is in the vault, or for a key that no vault has.
 */
export type ChainFor = "derived" | "current" | "older" | "pending" | "nothing";

export type PairEvent =
  | { readonly kind: "up"; readonly interruption?: Interruption | undefined }
  | {
      readonly kind: "replace";
      readonly which: Which;
      readonly interruption?: Interruption | undefined;
      /** Somebody does it after the new ones were made and before the old ones go. */
      readonly meanwhile?: PairDeed | undefined;
    }
  | { readonly kind: "edit"; readonly wish: Partial<PairWish> }
  | { readonly kind: "chain"; readonly of: ChainFor }
  | { readonly kind: "ca"; readonly refuses: boolean }
  | { readonly kind: "refresh" }
  /** What the last failure says is done, and `up` is run again, until it succeeds. */
  | { readonly kind: "heed" }
  /** Two months, once in a history. */
  | { readonly kind: "timePasses" }
  | { readonly kind: "issuer"; readonly behaviour: Partial<Behaviour> }
  | { readonly kind: "somebody"; readonly deed: PairDeed };

const someWish: fc.Arbitrary<Partial<PairWish>> = fc.record(
  {
    keyCurveName: fc.constantFrom("P-256", "P-384"),
    reissue: fc.constantFrom(1, 2, undefined),
    onConflict: fc.constantFrom("wait", "cancel", "delete", "fail", undefined),
    onSoftDeleted: fc.constantFrom("recover", "purge", "fail", undefined),
    adopt: fc.constant(false),
    actionDays: fc.constantFrom(9, 20, undefined),
    team: fc.constantFrom("web", undefined),
    enabled: fc.boolean(),
    purgeOnDelete: fc.boolean(),
    renewed: fc.boolean(),
  },
  optional,
);

const someDeed = fc.constantFrom(...deedsToPairs, ...deedsOfPairs);
const someReplacement = fc.record(
  {
    kind: fc.constant("replace"),
    which: fc.constantFrom("request", "merge"),
    interruption: someInterruption,
    meanwhile: someDeed,
  },
  { requiredKeys: ["kind", "which"] },
);

const weighted = (weight: number, arbitrary: fc.Arbitrary<PairEvent>) => ({ weight, arbitrary });

const someEvent: fc.Arbitrary<PairEvent> = fc.oneof(
  weighted(5, fc.constant({ kind: "up" })),
  weighted(
    4,
    someInterruption.map((interruption) => ({ kind: "up", interruption })),
  ),
  weighted(2, someReplacement),
  weighted(
    4,
    someWish.map((wish) => ({ kind: "edit", wish })),
  ),
  weighted(
    2,
    fc.constantFrom("both", "request", "none").map((left) => ({ kind: "edit", wish: { left } })),
  ),
  weighted(
    2,
    fc.constantFrom("derived", "current", "older", "pending", "nothing").map((of) => ({ kind: "chain", of })),
  ),
  weighted(
    2,
    fc.boolean().map((refuses) => ({ kind: "ca", refuses })),
  ),
  weighted(1, fc.constant({ kind: "refresh" })),
  weighted(2, fc.constant({ kind: "heed" })),
  weighted(1, fc.constant({ kind: "timePasses" })),
  weighted(
    1,
    someBehaviour.map((behaviour) => ({ kind: "issuer", behaviour })),
  ),
  weighted(
    5,
    someDeed.map((deed) => ({ kind: "somebody", deed })),
  ),
);

export const somePairHistory = fc.array(someEvent, { minLength: 1, maxLength: 14 });
