/**
 * The statuses of a pending object, as a closed table: a status that is not here is a failure with the service's own
 * text, never "not yet". Each row says who acts next.
 * @see https://learn.microsoft.com/azure/key-vault/certificates/create-certificate-scenarios
 */
export type RequestStatus = "inProgress" | "completed" | "cancelled" | "failed";

interface StatusRow {
  /** The request ends here: no later look finds another status. */
  readonly terminal: boolean;
  /** Who acts next. */
  readonly next: string;
}

export const statusTable: Readonly<Record<RequestStatus, StatusRow>> = {
  inProgress: {
    terminal: false,
    next: "the issuer issues; for issuer Unknown, whoever holds a signed chain merges it",
  },
  completed: { terminal: true, next: "nobody: the certificate has the new version" },
  cancelled: { terminal: true, next: "the next `pulumi up` makes one new request" },
  failed: {
    terminal: true,
    next: "whoever removes the cause; then the next `pulumi up` makes one new request",
  },
};

/** The service writes `cancelled` and `inProgress`; its documentation also `canceled`, `InProgress` and `complete`. */
const spellings: Readonly<Record<string, RequestStatus>> = {
  inprogress: "inProgress",
  completed: "completed",
  complete: "completed",
  cancelled: "cancelled",
  canceled: "cancelled",
  failed: "failed",
};

/** The status that the service's text means, or `undefined` for a text that the table does not know. */
export function readStatus(text: string): RequestStatus | undefined {
  const key = text.toLowerCase();
  return Object.hasOwn(spellings, key) ? spellings[key] : undefined;
}

/** How waiting for a request can end. A wait always ends in one of these, never in silence. */
export type WaitOutcome =
  "succeeded" | "failed" | "cancelled" | "gone" | "unknown" | "timedOut" | "engineGone";

/** What a wait that finds this status has come to; `undefined` while it must go on. */
export const outcomeOfStatus: Readonly<Record<RequestStatus, WaitOutcome | undefined>> = {
  inProgress: undefined,
  completed: "succeeded",
  cancelled: "cancelled",
  failed: "failed",
};
