import fc from "fast-check";
import type { Behaviour } from "./model-request";

/** What the program says, as far as histories change it. */
export interface Wish {
  readonly certificateName: "web" | "Web";
  readonly issuerName: "Self" | "DigiCert" | "Unknown";
  readonly keyCurveName: "P-256" | "P-384";
  readonly actionDays: 9 | 20 | undefined;
  readonly team: "web" | undefined;
  readonly enabled: boolean;
  readonly reissue: 1 | 2 | undefined;
  readonly onConflict: "wait" | "cancel" | "delete" | "fail" | undefined;
  readonly onSoftDeleted: "recover" | "purge" | "fail" | undefined;
  readonly adopt: boolean;
  readonly waitForCompletion: boolean | undefined;
}

export const firstWish: Wish = {
  certificateName: "web",
  issuerName: "Self",
  keyCurveName: "P-256",
  actionDays: undefined,
  team: undefined,
  enabled: true,
  reissue: undefined,
  onConflict: undefined,
  onSoftDeleted: undefined,
  adopt: false,
  waitForCompletion: undefined,
};

/** How an `up` is interrupted: the process is killed after that many writes, or the reply to that write is lost. */
export interface Interruption {
  readonly afterWrites: number;
  readonly by: "crash" | "lostReply" | "deadline";
}

export const strangersDeeds = [
  "cancelsRequest",
  "deletesRequest",
  "addsTag",
  "removesMark",
  "takesOver",
  "disables",
  "changesPolicy",
  "deletes",
  "purges",
  "renews",
  "makesVersion",
  "requests",
] as const;

export type Deed = (typeof strangersDeeds)[number];

/** `pulumi up --replace`, and what happens after the new one was made and before the old one goes. */
export interface Replacement {
  readonly kind: "replace";
  readonly interruption?: Interruption | undefined;
  readonly meanwhile?: "renews" | "completes" | undefined;
}

export type HistoryEvent =
  | { readonly kind: "up"; readonly interruption?: Interruption | undefined }
  | Replacement
  | { readonly kind: "edit"; readonly wish: Partial<Wish> }
  | { readonly kind: "sign" }
  | { readonly kind: "refresh" }
  | { readonly kind: "issuer"; readonly behaviour: Partial<Behaviour> }
  | { readonly kind: "ends"; readonly outcome: "completed" | "failed" | "cancelled" }
  | { readonly kind: "somebody"; readonly deed: Deed };

export const optional = { requiredKeys: [] } satisfies { requiredKeys: [] };

const someWish: fc.Arbitrary<Partial<Wish>> = fc.record(
  {
    certificateName: fc.constantFrom("web", "Web"),
    issuerName: fc.constantFrom("Self", "DigiCert", "Unknown"),
    keyCurveName: fc.constantFrom("P-256", "P-384"),
    actionDays: fc.constantFrom(9, 20, undefined),
    team: fc.constantFrom("web", undefined),
    enabled: fc.boolean(),
    reissue: fc.constantFrom(1, 2, undefined),
    onConflict: fc.constantFrom("wait", "cancel", "delete", "fail", undefined),
    onSoftDeleted: fc.constantFrom("recover", "purge", "fail", undefined),
    waitForCompletion: fc.constantFrom(true, false, undefined),
  },
  optional,
);

export const someInterruption: fc.Arbitrary<Interruption> = fc.record({
  afterWrites: fc.integer({ min: 1, max: 3 }),
  by: fc.constantFrom("crash", "lostReply", "deadline"),
});

export const someBehaviour: fc.Arbitrary<Partial<Behaviour>> = fc.record(
  {
    looks: fc.integer({ min: 1, max: 4 }),
    outcome: fc.constantFrom("completed", "failed", "cancelled", "never"),
    cancellation: fc.constantFrom("honoured", "ignored", "refused", "unsupported"),
    // The last of them is later than a run waits for it.
    cancellationLooks: fc.constantFrom(1, 3, 60),
    deletionLooks: fc.constantFrom(0, 2, 5),
    // The last of them is longer than a look is good for.
    writeMs: fc.constantFrom(0, 600),
  },
  optional,
);

const someReplacement: fc.Arbitrary<Replacement> = fc.record(
  {
    kind: fc.constant("replace"),
    interruption: someInterruption,
    meanwhile: fc.constantFrom("renews", "completes"),
  },
  { requiredKeys: ["kind"] },
);

const someEvent: fc.Arbitrary<HistoryEvent> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<HistoryEvent>({ kind: "up" }) },
  {
    weight: 3,
    arbitrary: someInterruption.map((interruption): HistoryEvent => ({ kind: "up", interruption })),
  },
  { weight: 2, arbitrary: someReplacement },
  { weight: 4, arbitrary: someWish.map((wish): HistoryEvent => ({ kind: "edit", wish })) },
  { weight: 1, arbitrary: fc.constant<HistoryEvent>({ kind: "sign" }) },
  { weight: 1, arbitrary: fc.constant<HistoryEvent>({ kind: "refresh" }) },
  { weight: 3, arbitrary: someBehaviour.map((behaviour): HistoryEvent => ({ kind: "issuer", behaviour })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom("completed" as const, "failed" as const, "cancelled" as const)
      .map((outcome): HistoryEvent => ({ kind: "ends", outcome })),
  },
  {
    weight: 3,
    arbitrary: fc.constantFrom(...strangersDeeds).map((deed): HistoryEvent => ({ kind: "somebody", deed })),
  },
);

export const someHistory = fc.array(someEvent, { minLength: 1, maxLength: 14 });
