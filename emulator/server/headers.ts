import { randomUUID } from "node:crypto";
import type { MiddlewareHandler } from "hono";

/** What the service sends with every reply. */
const fixed: Readonly<Record<string, string>> = {
  "Cache-Control": "no-cache",
  Pragma: "no-cache",
  Expires: "-1",
  "Strict-Transport-Security": "max-age=31536000;includeSubDomains",
  "X-Content-Type-Options": "nosniff",
  "x-ms-keyvault-region": "local",
  "x-ms-keyvault-service-version": "1.9.0.0",
  "x-ms-keyvault-network-info": "conn_type=Ipv4;addr=127.0.0.1;act_addr_fam=InterNetwork;",
};

/** Dates every reply by the emulator's clock, which may be ahead of its client's or behind. */
export const dateHeader =
  (clock: () => number): MiddlewareHandler =>
  async (context, next) => {
    await next();
    context.res.headers.set("Date", new Date(clock()).toUTCString());
  };

/** Adds the service's headers: a new request id, and the caller's own one echoed. */
export const serviceHeaders: MiddlewareHandler = async (context, next) => {
  await next();
  const { headers } = context.res;
  for (const [name, value] of Object.entries(fixed)) headers.set(name, value);
  headers.set("x-ms-request-id", randomUUID());
  const clientRequestId = context.req.header("x-ms-client-request-id");
  if (clientRequestId !== undefined) headers.set("x-ms-client-request-id", clientRequestId);
  if (headers.has("Content-Type")) headers.set("Content-Type", "application/json; charset=utf-8");
};
