import type { MiddlewareHandler } from "hono";
import { refusals } from "../vault/errors";

/** The versions of the data plane, as the specification and the recordings name them. */
const known =
  /^(2015-06-01|2016-10-01|7\.[0-6](-preview(\.[12])?)?|2025-06-01-preview|2025-07-01|2026-0[1357]-01-preview)$/;

/** Refuses a call without a version of the API, or with one that never was. */
export const apiVersion: MiddlewareHandler = async (call, next) => {
  const version = call.req.query("api-version");
  if (version === undefined || !known.test(version)) throw refusals.apiVersion(version);
  await next();
};
