import { KeyVaultCertificateError } from "../errors/error";
import { createFlights, unlessAborted } from "./flights";
import { withoutSecrets } from "./hide";

/** The shape of a credential of `@azure/identity`. */
export interface TokenCredential {
  getToken(scopes: string | string[], options?: GetTokenOptions): Promise<AccessToken | null>;
}

export interface GetTokenOptions {
  tenantId?: string;
  /** What the token must satisfy, as JSON: from a challenge of continuous access evaluation. */
  claims?: string;
  enableCae?: boolean;
  abortSignal?: AbortSignal;
}

export interface AccessToken {
  token: string;
  /** Milliseconds since 1970. */
  expiresOnTimestamp: number;
}

export interface TokenDemand {
  readonly scope: string;
  readonly tenantId?: string | undefined;
  readonly claims?: string | undefined;
}

export interface Tokens {
  /**
   * A token that is valid for some time yet.
   *
   * @param rejected a token that the vault did not take: it is not given out again from memory
   * @throws KVC_CREDENTIAL_FAILED
   */
  get(demand: TokenDemand, rejected?: string, signal?: AbortSignal): Promise<string>;
}

const refreshBeforeMs = 120_000;
const postponeMs = 30_000;
const credentialTimeoutMs = 120_000;

interface Held {
  readonly key: string;
  readonly token: string;
  readonly expiresOn: number;
  refreshOn: number;
}

/** Tokens of one credential for one vault: the newest is kept in memory, and fetched once for all who want it. */
export function createTokens(context: {
  readonly credential: TokenCredential;
  readonly clock: () => number;
  readonly vaultUrl: string;
}): Tokens {
  const { clock } = context;
  const flights = createFlights<Held>();
  let held: Held | undefined;

  async function refresh(
    key: string,
    demand: TokenDemand,
    rejected: string | undefined,
    signal: AbortSignal,
  ) {
    const before = held;
    try {
      held = hold(key, await fetchToken(context, demand, signal), clock());
      return held;
    } catch (error) {
      // A token that is refreshed ahead of time is still good while the credential has a bad moment.
      const good = before?.key === key && before.token !== rejected && clock() < before.expiresOn;
      if (!good) throw error;
      before.refreshOn = clock() + postponeMs;
      return before;
    }
  }

  return {
    async get(demand, rejected, signal) {
      const key = JSON.stringify([demand.scope, demand.tenantId]);
      if (held?.key === key && held.token !== rejected && clock() < held.refreshOn) return held.token;
      const flight = JSON.stringify([key, demand.claims]);
      return (await flights.join(flight, (shared) => refresh(key, demand, rejected, shared), signal)).token;
    },
  };
}

function hold(key: string, { token, expiresOnTimestamp }: AccessToken, now: number): Held {
  // A token that is out of date on arrival tells of a clock that is wrong; the vault's own clock decides.
  if (expiresOnTimestamp <= now)
    return { key, token, expiresOn: now + postponeMs, refreshOn: now + postponeMs };
  // A short-lived token must not be due at once: then every request would fetch one.
  const early = Math.min(refreshBeforeMs, (expiresOnTimestamp - now) / 4);
  return { key, token, expiresOn: expiresOnTimestamp, refreshOn: expiresOnTimestamp - early };
}

async function fetchToken(
  { credential, vaultUrl }: { readonly credential: TokenCredential; readonly vaultUrl: string },
  { scope, tenantId, claims }: TokenDemand,
  shared: AbortSignal,
): Promise<AccessToken> {
  const signal = AbortSignal.any([shared, AbortSignal.timeout(credentialTimeoutMs)]);
  const options: GetTokenOptions = {
    enableCae: true,
    abortSignal: signal,
    ...(tenantId !== undefined && { tenantId }),
    ...(claims !== undefined && { claims }),
  };
  const failed = (reason: string) =>
    new KeyVaultCertificateError("KVC_CREDENTIAL_FAILED", { vaultUrl }, { scope, tenantId, reason });
  let token: AccessToken | null;
  try {
    // Not every credential looks at its signal.
    token = await unlessAborted(credential.getToken(scope, options), signal);
  } catch (error) {
    shared.throwIfAborted();
    throw failed(
      signal.aborted ? `no token within ${credentialTimeoutMs / 1000} s` : credentialReason(error),
    );
  }
  if (token === null || token.token === "") throw failed("the credential gave no token");
  return token;
}

const maxReasonLength = 1000;

/**
 * A credential's own words on one line, at most 1000 characters, without anything that looks like a token, an
 * assertion or a secret. The error itself is not passed on as a cause: it may hold the whole exchange.
 */
export function credentialReason(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  const text = withoutSecrets(message).replaceAll(/\s+/g, " ").trim();
  if (text === "") return error instanceof Error ? error.name : "no reason given";
  return text.length > maxReasonLength ? `${text.slice(0, maxReasonLength)}…` : text;
}
