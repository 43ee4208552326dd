import { Hono } from "hono";
import type { Tokens } from "./tokens";

export interface IdentityOptions {
  readonly tokens: Tokens;
  /** What the caller must send as `X-IDENTITY-HEADER`. */
  readonly header: string;
  readonly clientId: string;
  readonly onIssued: () => void;
}

const apiVersion = "2019-08-01";

const failure = (message: string): object => ({ statusCode: 400, message });

/** The managed-identity endpoint of App Service: a token for `resource`, to whoever knows the header. */
export function identityRoutes({ tokens, header, clientId, onIssued }: IdentityOptions): Hono {
  const routes = new Hono();
  routes.get("/", (context) => {
    const given = context.req.header("x-identity-header");
    const resource = context.req.query("resource");
    if (given === undefined) return context.json(failure("The header X-IDENTITY-HEADER is missing."), 400);
    if (given !== header) return context.json({ statusCode: 401, message: "Unauthorized" }, 401);
    if (context.req.query("api-version") !== apiVersion) {
      return context.json(failure(`api-version must be ${apiVersion}.`), 400);
    }
    if (!resource) return context.json(failure("The query parameter resource is missing."), 400);
    const { token, expiresAt } = tokens.issue(resource);
    onIssued();
    return context.json({
      access_token: token,
      expires_on: String(Math.floor(expiresAt / 1000)),
      resource,
      token_type: "Bearer",
      client_id: clientId,
    });
  });
  return routes;
}
