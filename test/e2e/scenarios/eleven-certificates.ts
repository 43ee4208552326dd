import { type Declared, ecPolicy } from "../programs";

/** The CA's own words. */
export const refusal = { code: "DomainNotValidated", message: "the domain was not validated within 30 days" };

/** A policy with a subject after the certificate's name. */
export const by = (issuer: string, name: string, rest: Parameters<typeof ecPolicy>[2] = {}) =>
  ecPolicy(issuer, `CN=${name}.example.com`, rest);

/** Shorter than any issuer here that never ends. */
const briefly = { customTimeouts: { create: "2s", update: "2s" } };

/** The certificates of the eleven scenarios, as the first program declares them. */
export const declared: Record<string, Declared> = {
  issued: { policy: by("ContosoCA", "issued") },
  slow: { policy: by("SlowCA", "slow"), options: briefly },
  refused: { policy: by("RefusingCA", "refused") },
  wordless: { policy: by("WordlessCA", "wordless") },
  cancelled: { policy: by("CancellingCA", "cancelled") },
  deleted: { policy: by("SlowCA", "deleted") },
  overwritten: { policy: by("SlowCA", "overwritten") },
  changed: {
    policy: by("SlowCA", "changed"),
    options: { customTimeouts: { create: "2s", update: "1m" } },
  },
  signed: { policy: by("RefusingCA", "signed") },
  early: { policy: by("SlowCA", "early"), options: briefly },
  dropped: { policy: by("SlowCA", "dropped"), options: briefly },
  stubborn: { policy: by("StubbornCA", "stubborn"), options: briefly },
  deaf: {
    policy: by("DeafCA", "deaf"),
    options: { customTimeouts: { ...briefly.customTimeouts, delete: "2s" } },
  },
  manual: { policy: by("Unknown", "manual") },
};

/** How their issuers treat what is asked of them first. */
export const issuers = {
  SlowCA: { outcome: "inProgress" },
  RefusingCA: { outcome: "failed", durationMs: 100, error: refusal },
  WordlessCA: { outcome: "failed", durationMs: 100, error: null },
  CancellingCA: { outcome: "cancelled", durationMs: 100 },
  DeafCA: { outcome: "inProgress", cancellation: "ignored" },
  StubbornCA: { outcome: "inProgress", cancellation: "refused403" },
} as const;
