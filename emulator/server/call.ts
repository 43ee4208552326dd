import type { Context } from "hono";
import { refusals } from "../vault/errors";
import { isObject, type JsonObject } from "../vault/request";
import { Wire } from "../vault/wire";
import type { Vault } from "../vault/vault";

/** What the routes share. */
export interface Services {
  readonly vault: Vault;
  /** The vault's URL in every id: without a trailing slash, whatever name the client reached it by. */
  readonly url: () => string;
}

/** What one call carries between the layers. */
export interface CallVariables {
  authorized: boolean;
  /** The JSON of a write, once it was read. */
  body: unknown;
}

export interface CallEnvironment {
  Variables: CallVariables;
}

export type Call = Context<CallEnvironment>;

export const wireOf = ({ vault, url }: Services): Wire => new Wire(url(), vault.state.properties);

/** The JSON object of a write; an empty body counts as `{}`. */
export async function bodyOf(call: Call): Promise<JsonObject> {
  const text = await call.req.text();
  const body = parse(text === "" ? "{}" : text);
  call.set("body", body);
  if (!isObject(body)) throw refusals.malformedBody();
  return body;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw refusals.malformedBody();
  }
}

/** A segment of the path; Hono has matched it, so that it is there. */
export const segment = (call: Call, name: string): string => call.req.param(name) ?? "";

export const apiVersionOf = (call: Call): string => call.req.query("api-version") ?? "";
