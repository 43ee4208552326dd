import type { MiddlewareHandler } from "hono";
import type { RequestLog } from "../control/request-log";
import { isObject } from "../vault/request";
import type { Call, CallEnvironment } from "./call";

/** Notes every call on the vault with its outcome. */
export const recording =
  (log: RequestLog, clock: () => number): MiddlewareHandler<CallEnvironment> =>
  async (call, next) => {
    const at = clock();
    call.set("authorized", false);
    await next();
    const body = call.get("body");
    const serviceCode = await serviceCodeOf(call);
    log.add({
      at,
      method: call.req.method,
      path: call.req.path,
      query: call.req.query(),
      status: call.res.status,
      authorized: call.get("authorized"),
      ...(body === undefined ? {} : { body }),
      ...(serviceCode === undefined ? {} : { serviceCode }),
    });
  };

async function serviceCodeOf(call: Call): Promise<string | undefined> {
  if (call.res.status < 400) return undefined;
  const body: unknown = await call.res.clone().json();
  const error = isObject(body) ? body["error"] : undefined;
  return isObject(error) && typeof error["code"] === "string" ? error["code"] : undefined;
}
