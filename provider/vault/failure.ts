import { KeyVaultCertificateError, type Where } from "../errors/error";
import { type ExchangeDetails } from "../errors/exchange";
import { conflictKind } from "./conflict";
import { codeOfForbidden, type ExchangeCode } from "./forbidden";
import { type Fault, httpDate, isAmbiguous, isTransientStatus, type Outcome, type Reply } from "./outcome";
import { describeRequest, type VaultRequest } from "./request";
import { demandedPauseMs } from "./retry";
import { readServiceError, type ServiceError } from "./service-error";

/** What came of a request, after `attempts` of it. */
export interface Settled {
  readonly outcome: Outcome;
  readonly attempts: number;
  /** When the outcome was there, by this machine's clock, in milliseconds since 1970. */
  readonly now: number;
}

/**
 * The error of a request that was not answered with what it asks for: the only place where a status or a broken
 * connection becomes one. Neither body nor headers of the request are ever part of it.
 *
 * @returns one of the codes of the table's part "the wire"; KVC_OUTCOME_UNKNOWN where a write that is not safe to
 * repeat may have been carried out; for a call that its caller has stopped, the reason of the caller's signal.
 */
export function failureOf(request: VaultRequest, vaultUrl: string, settled: Settled): unknown {
  const { outcome, attempts } = settled;
  const where = placeOf(request, vaultUrl);
  if (isAmbiguous(outcome) && !request.repeatable) return unknownOutcome(request, where, settled);
  return outcome.kind === "reply"
    ? refusal(request, where, outcome, settled)
    : brokenExchange(request, where, outcome, attempts);
}

/**
 * The error of a reply that says success and cannot be read. A write that is not safe to repeat was carried out then,
 * with a result that nobody knows: KVC_OUTCOME_UNKNOWN.
 */
export function unreadableReply(
  request: VaultRequest,
  vaultUrl: string,
  reply: Reply,
  problem: string,
): KeyVaultCertificateError {
  const where = placeOf(request, vaultUrl);
  const unreadable = new KeyVaultCertificateError("KVC_RESPONSE_UNREADABLE", where, {
    request: describeRequest(request),
    status: reply.status,
    problem,
    serviceRequestId: reply.headers["x-ms-request-id"],
  });
  if (request.repeatable) return unreadable;
  return new KeyVaultCertificateError(
    "KVC_OUTCOME_UNKNOWN",
    where,
    {
      request: describeRequest(request),
      outcomeUnknown: true,
      reason: `a reply of ${reply.status}: ${problem}`,
    },
    { cause: unreadable },
  );
}

function placeOf({ certificateName }: VaultRequest, vaultUrl: string): Where {
  return { vaultUrl, ...(certificateName !== undefined && { certificateName }) };
}

function unknownOutcome(
  request: VaultRequest,
  where: Where,
  { outcome, now }: Settled,
): KeyVaultCertificateError {
  const reason = outcome.kind === "reply" ? `the vault answered ${outcome.status}` : outcome.reason;
  return new KeyVaultCertificateError(
    "KVC_OUTCOME_UNKNOWN",
    where,
    { request: describeRequest(request), outcomeUnknown: true, reason, ...pauseOf(outcome, now) },
    outcome.kind === "fault" ? { cause: outcome.cause } : {},
  );
}

function brokenExchange(request: VaultRequest, where: Where, outcome: Fault, attempts: number): unknown {
  const details = { request: describeRequest(request), reason: outcome.reason, attempts };
  const options = { cause: outcome.cause };
  switch (outcome.fault) {
    case "aborted":
      return outcome.cause;
    case "unresolved":
      return new KeyVaultCertificateError("KVC_HOST_UNRESOLVED", where, details, options);
    case "untrusted":
      return new KeyVaultCertificateError("KVC_HOST_UNTRUSTED", where, details, options);
    case "tooLarge":
      return new KeyVaultCertificateError("KVC_RESPONSE_UNREADABLE", where, {
        request: details.request,
        problem: outcome.reason,
      });
    case "notSent":
    case "broken":
      return new KeyVaultCertificateError("KVC_UNREACHABLE", where, details, options);
  }
}

function refusal(
  request: VaultRequest,
  where: Where,
  reply: Reply,
  { attempts, now }: Omit<Settled, "outcome">,
): KeyVaultCertificateError {
  const error = readServiceError(reply);
  const details: ExchangeDetails = {
    request: describeRequest(request),
    status: reply.status,
    attempts,
    permission: request.permission,
    serviceCode: error.code,
    innerCode: error.innerCode,
    serviceMessage: error.message,
    serviceRequestId: reply.headers["x-ms-request-id"],
    ...pauseOf(reply, now),
  };
  if (reply.status === 409) {
    return new KeyVaultCertificateError("KVC_CONFLICT", where, { ...details, kind: conflictKind(error) });
  }
  if (reply.status === 401) {
    const vaultNow = httpDate(reply.headers["date"]);
    const clockSkewMs = vaultNow === undefined ? undefined : now - vaultNow;
    return new KeyVaultCertificateError("KVC_UNAUTHORIZED", where, { ...details, clockSkewMs });
  }
  return new KeyVaultCertificateError(codeOfStatus(request, reply.status, error), where, details);
}

function pauseOf(outcome: Outcome, now: number): Pick<ExchangeDetails, "retryAfterMs"> {
  const retryAfterMs = demandedPauseMs(outcome, now);
  return retryAfterMs === undefined ? {} : { retryAfterMs };
}

const codeOf: Readonly<Record<number, ExchangeCode>> = {
  400: "KVC_BAD_REQUEST",
  404: "KVC_NOT_FOUND",
  429: "KVC_THROTTLED",
};

function codeOfStatus(request: VaultRequest, status: number, error: ServiceError): ExchangeCode {
  if (status === 403) return codeOfForbidden(error);
  if (isTransientStatus(status)) return "KVC_SERVICE_FAILED";
  // The documentation says 400 where the service was seen to say 403.
  if (status === 400 && isCancellation(request)) return "KVC_NOT_CANCELLABLE";
  return codeOf[status] ?? "KVC_UNEXPECTED_REPLY";
}

function isCancellation({ method, path }: VaultRequest): boolean {
  return method === "PATCH" && path.endsWith("/pending");
}
