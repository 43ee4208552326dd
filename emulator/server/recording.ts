import type { MiddlewareHandler } from "hono";
import type { RequestLog } from "../control/request-log";
import { isObject } from "../vault/request";
import type { Call, CallEnvironment } from "./call";

/** Notes every call on the vault with its outcome. */
export const recording =
  (log: RequestLog, clock: () => number): MiddlewareHandler<CallEnvironment> =>
  async (call, next) => {
    const at = clock();
    await next();
    const body = call.get("body");
    const serviceCode = await serviceCodeOf(call);
    log.add({
      at,
      method: call.req.method,
      path: call.req.path,
      query: call.req.query(),
      ...outcomeOf(call),
      authorized: call.get("authorized"),
      ...(body === undefined ? {} : { body }),
      ...(serviceCode === undefined ? {} : { serviceCode }),
    });
  };

/** What the caller got, and what the vault made of the call. */
function outcomeOf(call: Call) {
  const fault = call.get("fault");
  const { status } = call.res;
  if (fault === undefined) return { status, carriedOut: status < 400 };
  const vaultStatus = call.get("vaultStatus");
  return {
    status: fault.reset ? ("reset" as const) : status,
    carriedOut: vaultStatus !== undefined && vaultStatus < 400,
    fault: fault.rule,
    ...(vaultStatus === undefined ? {} : { vaultStatus }),
  };
}

async function serviceCodeOf(call: Call): Promise<string | undefined> {
  return call.res.status < 400 ? undefined : codeIn(await call.res.clone().text());
}

/** A fault may answer with anything, and a reset with nothing. */
function codeIn(text: string): string | undefined {
  try {
    const body: unknown = JSON.parse(text);
    const error = isObject(body) ? body["error"] : undefined;
    return isObject(error) && typeof error["code"] === "string" ? error["code"] : undefined;
  } catch {
    return undefined;
  }
}
