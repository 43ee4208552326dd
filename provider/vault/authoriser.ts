import { KeyVaultCertificateError } from "../errors/error";
import { type Challenge, parseChallenge, refusalOf } from "./challenge";
import { createFlights } from "./flights";
import { type Reply } from "./outcome";
import { type TokenCredential, type Tokens, createTokens } from "./tokens";

/** What a request carries; without a token where the vault asks for none. */
export interface Grant {
  readonly token?: string;
}

export interface Authoriser {
  /** @throws KVC_CHALLENGE_REFUSED, KVC_CREDENTIAL_FAILED, or what `probe` throws */
  grant(signal?: AbortSignal): Promise<Grant>;
  /**
   * Another grant after a 401, once per request; undefined when there is none to be had.
   *
   * @throws KVC_CHALLENGE_REFUSED, KVC_CREDENTIAL_FAILED
   */
  renew(rejected: Grant, reply: Reply, signal?: AbortSignal): Promise<Grant | undefined>;
}

interface Context {
  /** Normalised. */
  readonly vaultUrl: string;
  readonly credential: TokenCredential;
  readonly clock: () => number;
  /** One request without Authorization and without a body, sent for its 401. Answers 401 or 2xx; throws on all else. */
  readonly probe: (signal: AbortSignal) => Promise<Reply>;
}

/**
 * The challenge and the token of one vault. The credential decides where a token comes from: of the challenge's
 * authority only the tenant's id is passed on, so that no vault can send a secret to a host of its choice.
 */
export function createAuthoriser(context: Context): Authoriser {
  const flights = createFlights<Challenge | "none">();
  const tokens: Tokens = createTokens(context);
  let known: Challenge | "none" | undefined;

  // Every challenge is checked, not only the first, and a later one may not widen what the first one's token was for.
  function accept(reply: Reply): Challenge {
    const challenge = parseChallenge(reply.headers["www-authenticate"]);
    const reason =
      challenge === undefined
        ? "it has no Bearer challenge with authorization and resource"
        : (refusalOf(challenge, context.vaultUrl) ?? changeOf(known, challenge));
    if (challenge === undefined || reason !== undefined) {
      const { vaultUrl } = context;
      throw new KeyVaultCertificateError("KVC_CHALLENGE_REFUSED", { vaultUrl }, { reason: reason ?? "" });
    }
    return (known = challenge);
  }

  async function learn(signal: AbortSignal): Promise<Challenge | "none"> {
    const reply = await context.probe(signal);
    return reply.status === 401 ? accept(reply) : (known = "none");
  }

  return {
    async grant(signal) {
      const challenge = known ?? (await flights.join("challenge", learn, signal));
      if (challenge === "none") return {};
      return { token: await tokens.get(demandOf(challenge), undefined, signal) };
    },
    async renew(rejected, reply, signal) {
      const challenge = accept(reply);
      const demand = { ...demandOf(challenge), claims: challenge.claims };
      const token = await tokens.get(demand, rejected.token, signal);
      return token === rejected.token ? undefined : { token };
    },
  };
}

function changeOf(known: Challenge | "none" | undefined, { resource }: Challenge): string | undefined {
  if (known === undefined || known === "none") return undefined;
  if (known.resource.toLowerCase() === resource.toLowerCase()) return undefined;
  return `its resource was "${known.resource}" before and is "${resource}" now`;
}

function demandOf({ scope, tenantId }: Challenge) {
  return { scope, tenantId };
}
