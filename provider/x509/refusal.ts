import type { CertificateIdentity, ChainErrorCode } from "../errors/chain";
import { KeyVaultCertificateError, type Where } from "../errors/error";
import type { ErrorDetails } from "../errors/table";

/** Why a chain cannot be merged: a code of the error table with what its row needs. Plain data. */
export type ChainRefusal = {
  [C in ChainErrorCode]: { readonly code: C; readonly details: ErrorDetails<C> };
}[ChainErrorCode];

/** A value, or why there is none. */
export type Checked<T> =
  { readonly ok: true; readonly value: T } | { readonly ok: false; readonly refusal: ChainRefusal };

export function accepted<T>(value: T): Checked<T> {
  return { ok: true, value };
}

export function refused<C extends ChainErrorCode>(code: C, details: ErrorDetails<C>): Checked<never> {
  return { ok: false, refusal: { code, details } as ChainRefusal };
}

/** The refusal as the error to raise. */
export function refusalError(refusal: ChainRefusal, where: Where): KeyVaultCertificateError<ChainErrorCode> {
  return new KeyVaultCertificateError<ChainErrorCode>(refusal.code, where, refusal.details as never);
}

/** What of a certificate a refusal shows. */
export function identity({
  subject,
  serialNumber,
  thumbprintSha256,
}: CertificateIdentity): CertificateIdentity {
  return { subject, serialNumber, thumbprintSha256 };
}
