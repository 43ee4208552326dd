import { type ErrorCode, type ErrorDetails, errorTable } from "./table";

/** Where something went wrong: the first words of every message. */
export interface Where {
  /** The vault's URL, normalised: `https://contoso.vault.azure.net`. */
  readonly vaultUrl: string;
  /** The certificate's name, where one is concerned. */
  readonly certificateName?: string;
}

/**
 * Every failure of this package. Branch on `code`, never on the class: two copies of the package may be loaded
 * in one process, and then `instanceof` is false for the same failure.
 */
export class KeyVaultCertificateError<C extends ErrorCode = ErrorCode> extends Error {
  override readonly name = "KeyVaultCertificateError";
  /** Trying the same again may succeed, with nothing changed by the user. */
  readonly retryable: boolean;
  /** What to do about it: one sentence, without a full stop. */
  readonly remedy: string;

  constructor(
    /** The stable code: a key of the error table. */
    readonly code: C,
    readonly where: Where,
    readonly details: ErrorDetails<C>,
    options?: ErrorOptions,
  ) {
    const row = errorTable[code];
    const remedy = row.remedy(details as never);
    super(`${place(where)}: ${row.message(details as never)}; ${remedy} [${code}]`, options);
    this.retryable = row.retryable;
    this.remedy = remedy;
  }
}

/** True for a failure of this package, of whichever loaded copy, with one of the codes where some are given. */
export function isError<C extends ErrorCode>(
  error: unknown,
  ...codes: readonly C[]
): error is KeyVaultCertificateError<C> {
  if (!(error instanceof Error) || !("code" in error) || typeof error.code !== "string") return false;
  if (!Object.hasOwn(errorTable, error.code)) return false;
  return codes.length === 0 || (codes as readonly string[]).includes(error.code);
}

function place({ vaultUrl, certificateName }: Where): string {
  return certificateName === undefined
    ? `vault ${vaultUrl}`
    : `certificate "${certificateName}" in vault ${vaultUrl}`;
}
