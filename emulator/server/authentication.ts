import type { MiddlewareHandler } from "hono";
import type { TokenVerdict, Tokens } from "../identity/tokens";
import { ServiceError } from "../vault/errors";
import type { CallEnvironment } from "./call";

/** The audience of the public cloud's vaults; clients derive their scope from it. */
export const vaultResource = "https://vault.azure.net";

/** Any tenant will do: the emulator's tokens come from its own identity endpoint. */
const tenant = "00000000-0000-0000-0000-000000000000";

/** The header `WWW-Authenticate` of a call without an accepted token. */
export const challenge = `Bearer authorization="https://login.microsoftonline.com/${tenant}", resource="${vaultResource}"`;

/** Notes whether a call carries an accepted token, or why not. */
export const recognition =
  (tokens: Tokens): MiddlewareHandler<CallEnvironment> =>
  async (call, next) => {
    const refusal = refusalOf(call.req.header("authorization"), tokens);
    call.set("authorized", refusal === undefined);
    call.set("refusal", refusal);
    await next();
  };

/** Refuses a call without an accepted token, before its body or query is looked at. */
export const authentication: MiddlewareHandler<CallEnvironment> = async (call, next) => {
  const refusal = call.get("refusal");
  if (refusal === undefined) return next();
  call.header("WWW-Authenticate", challenge);
  return call.json(new ServiceError(401, "Unauthorized", refusal).toBody(), 401);
};

function refusalOf(header: string | undefined, tokens: Tokens): string | undefined {
  const token = /^Bearer\s+(\S+)$/i.exec(header ?? "")?.[1];
  if (token === undefined) return "AKV10000: Request is missing a Bearer or PoP token.";
  const verdict = tokens.check(token, vaultResource);
  return verdict.accepted ? undefined : reasonText(verdict);
}

/** Only the text for a wrong audience is on record; those for a bad or expired token are assumed. */
function reasonText(verdict: TokenVerdict & { accepted: false }): string {
  switch (verdict.reason) {
    case "audience":
      return `AKV10022: Invalid audience. Expected ${vaultResource}, found: ${verdict.resource}.`;
    case "expired":
      return "Error validating token: the token is expired.";
    case "unknown":
      return "Error validating token: the token was not issued by this emulator.";
  }
}
