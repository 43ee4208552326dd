import fc from "fast-check";
import type { ChainVerdict } from "../../../provider/lifecycle/chain-verdict";
import type { Memory, Progress, Situation } from "../../../provider/lifecycle/situation";
import type { WaitOutcome } from "../../../provider/lifecycle/status";
import type { OnConflict, OnSoftDeleted } from "../../../provider/lifecycle/wanted";
import type { ConflictKind } from "../../../provider/errors/wire";
import { issued, operation, otherRequestId, placeholder, policy, requestId } from "./certificate";
import { markOf, memory, otherGeneration, ourTags, situation, strangersTags, wanted } from "./situation";

const flag = fc.boolean();
const issuerName = fc.constantFrom("Self", "self", "Unknown", "DigiCert");
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined });

const someWanted = fc
  .record({
    part: fc.constantFrom("whole", "whole", "request", "merge"),
    signer: fc.constantFrom(undefined, { command: ["./sign.sh"] } as const),
    policy: issuerName.map((name) => policy({ issuerName: name })),
    enabled: flag,
    tags: fc.constantFrom<Record<string, string>>({}, { team: "web" }),
    reissue: fc.constantFrom(undefined, 1, "a"),
    adopt: flag,
    waitForCompletion: maybe(flag),
    onConflict: maybe(fc.constantFrom<OnConflict>("wait", "cancel", "delete", "fail")),
    onSoftDeleted: fc.constantFrom<OnSoftDeleted>("recover", "purge", "fail"),
    ownershipTag: flag,
  })
  .map((changes) => wanted(changes));

const someTags = fc.constantFrom<Record<string, string>>(
  {},
  { team: "web" },
  strangersTags,
  ourTags(),
  ourTags(wanted(), { generation: otherGeneration }),
  ourTags(wanted(), { incarnation: "00000000" }),
);

const somePolicy = maybe(
  fc
    .record({ issuerName, keySize: fc.constantFrom(2048, 4096), validityInMonths: fc.constantFrom(6, 12) })
    .map(policy),
);

const someBundle = fc
  .record({ tags: someTags, policy: somePolicy, enabled: flag, hasPending: flag, isPlaceholder: flag })
  .map(({ isPlaceholder, policy: stored, ...changes }) => {
    const bundle = isPlaceholder ? placeholder(changes) : issued(changes);
    if (stored === undefined) delete bundle.policy;
    else bundle.policy = stored;
    return bundle;
  });

const someOperation = fc
  .record({
    issuerName,
    status: fc.constantFrom("inProgress", "completed", "cancelled", "canceled", "failed", "Paused"),
    requestId: fc.constantFrom(requestId, otherRequestId),
    cancellationRequested: flag,
  })
  .map(operation);

const someMemory: fc.Arbitrary<Memory | undefined> = maybe(
  fc
    .record({
      generation: fc.constantFrom(undefined, otherGeneration, memory().generation),
      request: maybe(
        fc.record({
          requestId: fc.constantFrom(requestId, otherRequestId),
          generation: fc.constantFrom(otherGeneration, memory().generation ?? ""),
          unfinished: flag,
        }),
      ),
    })
    .map(memory),
);

const someConflict = maybe(
  fc.constantFrom<ConflictKind>(
    "pendingInProgress",
    "pendingConflict",
    "softDeleted",
    "beingDeleted",
    "beingRecovered",
    "nameTaken",
    "unknown",
  ),
).map((kind) => kind && { kind, words: "words" });

const someChain = fc.constantFrom<(ChainVerdict | undefined)[]>(
  undefined,
  { kind: "merged" },
  { kind: "answers", x5c: ["MIIB"], warnings: [] },
  { kind: "unusable", refusal: { code: "KVC_CHAIN_EMPTY", details: {} } },
);

const someDifferences = fc.constantFrom<string[][]>([], ["policy.subject"]);

const someProgress: fc.Arbitrary<Progress> = fc.record({
  tookOver: maybe(fc.constantFrom("ffffffff")),
  lookedAt: fc.constant(undefined),
  ordered: maybe(fc.constantFrom(requestId, otherRequestId)),
  orderedAt: fc.constant(undefined),
  followed: maybe(fc.constantFrom(requestId, otherRequestId)),
  accepted: flag,
  replyLost: flag,
  outcome: maybe(
    fc.constantFrom<WaitOutcome>(
      "succeeded",
      "failed",
      "cancelled",
      "gone",
      "unknown",
      "timedOut",
      "engineGone",
    ),
  ),
  completed: flag,
  cancellation: maybe(fc.constantFrom("asked" as const, "refused" as const, "waited" as const)),
  attributesPatched: flag,
  policyPatched: flag,
  successorSeen: flag,
  removed: flag,
  nameChange: maybe(fc.constantFrom("recovered" as const, "purged" as const)),
  outOfTime: flag,
  pausedMs: fc.constantFrom(0, 2000, 10 * 60 * 1000),
});

/** Any situation, also such as no history leads to. */
export const someSituation: fc.Arbitrary<Situation> = fc
  .record({
    wanted: someWanted,
    certificate: fc.oneof(fc.constantFrom(undefined, "absent" as const), someBundle),
    operation: fc.oneof(fc.constantFrom(undefined, "absent" as const), someOperation),
    memory: someMemory,
    deleted: fc.oneof(fc.constantFrom(undefined, "absent" as const), someBundle),
    conflict: someConflict,
    chain: someChain,
    signed: maybe(fc.constant("PEM")),
    content: fc.record({ version: someDifferences, request: someDifferences }),
    progress: someProgress,
  })
  .map((parts) => situation({ ...parts, mark: markOf(parts.wanted) }));
