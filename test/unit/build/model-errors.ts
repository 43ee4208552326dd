import { KeyVaultCertificateError } from "../../../provider/errors/error";
import type { ErrorCode } from "../../../provider/errors/table";
import type { ConflictKind } from "../../../provider/errors/wire";
import { certificateName, vaultUrl } from "./certificate";

const exchange = { request: "POST /certificates/web", attempts: 1, permission: "create" };
const where = { vaultUrl, certificateName };

export function conflict(kind: ConflictKind, words = "the service's words"): KeyVaultCertificateError {
  return new KeyVaultCertificateError("KVC_CONFLICT", where, {
    ...exchange,
    status: 409,
    kind,
    serviceMessage: words,
  });
}

export function refused(
  code: Extract<
    ErrorCode,
    "KVC_NOT_FOUND" | "KVC_NOT_CANCELLABLE" | "KVC_MERGE_FORBIDDEN" | "KVC_BAD_REQUEST" | "KVC_FORBIDDEN"
  >,
  status: number,
): KeyVaultCertificateError {
  return new KeyVaultCertificateError(code, where, { ...exchange, status });
}

/** With the wait that the vault asked for where it did. */
export function replyLost(retryAfterMs?: number): KeyVaultCertificateError {
  return new KeyVaultCertificateError("KVC_OUTCOME_UNKNOWN", where, {
    request: exchange.request,
    outcomeUnknown: true,
    reason: "socket hang up",
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

export function unreachable(): KeyVaultCertificateError {
  return new KeyVaultCertificateError("KVC_UNREACHABLE", where, {
    request: "GET /certificates/web",
    attempts: 3,
    reason: "ECONNRESET",
  });
}
