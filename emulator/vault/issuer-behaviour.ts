import type { OrderError, Plan } from "./order";
import { isSelf, isUnknown } from "./policy";

/** How an issuer treats the orders that it accepts from now on, and cancellations from now on. */
export interface IssuerBehaviour {
  /** From accepting an order to its end, in milliseconds. */
  readonly durationMs: number;
  /** `inProgress`: the issuer never ends it by itself. */
  readonly outcome: "completed" | "failed" | "cancelled" | "inProgress";
  /** Of a failed order; null: the failure has none. */
  readonly error: OrderError | null;
  /** Undefined: the service's own words for this kind of issuer. */
  readonly statusDetails: string | undefined;
  /** What becomes of a cancellation: done after `cancellationMs`, accepted but not done, or refused. */
  readonly cancellation: "honoured" | "ignored" | "refused400" | "refused403";
  readonly cancellationMs: number;
}

const issuerDetails =
  "Pending certificate created. Certificate request is in progress. This may take some time based on the issuer provider. Please check again later.";
const unknownDetails = "Pending certificate created. Please Perform Merge to complete the request.";

const defaultError: OrderError = {
  code: "Request rejected",
  message: "The request was rejected by the certificate authority of the emulator.",
};

/** Defaults: Self completes after 2 s, an issuer of the vault after 3 s, Unknown waits for a merge. */
export function defaultBehaviour(issuer: string): IssuerBehaviour {
  return {
    durationMs: isSelf(issuer) ? 2000 : 3000,
    outcome: isUnknown(issuer) ? "inProgress" : "completed",
    error: defaultError,
    statusDetails: undefined,
    cancellation: "honoured",
    cancellationMs: 300,
  };
}

/** What becomes of an order that is accepted now. */
export function planOf(behaviour: IssuerBehaviour, issuer: string, now: number): Plan {
  const { outcome, durationMs, error, statusDetails } = behaviour;
  return {
    dueAt: outcome === "inProgress" ? undefined : now + durationMs,
    outcome: outcome === "inProgress" ? "completed" : outcome,
    error: outcome === "failed" ? (error ?? undefined) : undefined,
    statusDetails: statusDetails ?? (isUnknown(issuer) ? unknownDetails : issuerDetails),
  };
}
