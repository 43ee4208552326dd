import { randomBytes } from "node:crypto";

/** A token as the managed-identity endpoint gives it out. */
export interface AccessToken {
  readonly token: string;
  readonly resource: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/** Why a token is not accepted; `resource` is what it was issued for. */
export type TokenVerdict =
  | { readonly accepted: true }
  | { readonly accepted: false; readonly reason: "unknown" | "expired" }
  | { readonly accepted: false; readonly reason: "audience"; readonly resource: string };

/** A day, in milliseconds: the life of a managed identity's token. */
const defaultLifetime = 24 * 60 * 60 * 1000;

/** Gives out opaque tokens, each for one resource, and knows those it gave. */
export class Tokens {
  private readonly issued = new Map<string, AccessToken>();
  private lifetime = defaultLifetime;

  constructor(private readonly clock: () => number) {}

  /** A token for a resource such as `https://vault.azure.net`, valid for a day or as long as was set. */
  issue(resource: string): AccessToken {
    const token = {
      token: randomBytes(48).toString("base64url"),
      resource,
      expiresAt: this.clock() + this.lifetime,
    };
    this.issued.set(token.token, token);
    return token;
  }

  /** The life of tokens given out from now on, in milliseconds; default a day. */
  setLifetime(ms = defaultLifetime): number {
    this.lifetime = ms;
    return ms;
  }

  check(token: string, resource: string): TokenVerdict {
    const known = this.issued.get(token);
    if (known === undefined) return { accepted: false, reason: "unknown" };
    if (known.expiresAt <= this.clock()) return { accepted: false, reason: "expired" };
    if (withoutSlash(known.resource) === withoutSlash(resource)) return { accepted: true };
    return { accepted: false, reason: "audience", resource: known.resource };
  }
}

const withoutSlash = (resource: string): string => resource.replace(/\/+$/, "").toLowerCase();
