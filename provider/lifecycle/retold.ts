import { isError, KeyVaultCertificateError } from "../errors/error";
import type { Situation } from "./situation";

/**
 * A failure with what only the run knows, and who raised it did not: which certificate it was for, where it met what concerns the whole vault, and
 * what the next run does after a deadline.
 */
export function retold(error: KeyVaultCertificateError, s: Situation): KeyVaultCertificateError {
  const { certificateName } = s.wanted;
  const where = { certificateName, ...error.where };
  const options = { cause: error.cause };
  if (isError(error, "KVC_TIMED_OUT") && error.details.next === undefined) {
    const details = { ...error.details, next: nextOf(s) };
    return new KeyVaultCertificateError("KVC_TIMED_OUT", where, details, options);
  }
  return error.where.certificateName === undefined
    ? new KeyVaultCertificateError(error.code, where, error.details, options)
    : error;
}

function nextOf({ progress, memory }: Situation): "request" | "rest" | "anew" {
  if (progress.ordered !== undefined || memory?.request?.unfinished === true) return "request";
  return progress.accepted || progress.replyLost || memory !== undefined ? "rest" : "anew";
}
