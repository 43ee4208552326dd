import type { Context } from "hono";
import type { FaultEffect } from "../faults/rule";
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
  /** Why it is not authorized. */
  refusal: string | undefined;
  /** The JSON of a write, once it was read. */
  body: unknown;
  /** The fault rule that disturbs it. */
  fault: { readonly rule: string; readonly reset: boolean } | undefined;
  /** What the vault itself answered a call that a rule disturbs; undefined: it was not asked. */
  vaultStatus: number | undefined;
}

export interface CallBindings {
  /** How the reply is to be sent, where a fault rule says so. */
  delivery?: FaultEffect;
}

export interface CallEnvironment {
  Variables: CallVariables;
  Bindings: CallBindings;
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

/** Keeps the JSON of a write, if it is any, for the record of a call that may not get to its route. */
export async function noteBody(call: Call): Promise<void> {
  const text = await call.req.text();
  try {
    if (text !== "") call.set("body", parse(text));
  } catch {
    // The route says so, if the call gets there.
  }
}

/** A segment of the path; Hono has matched it, so that it is there. */
export const segment = (call: Call, name: string): string => call.req.param(name) ?? "";

export const apiVersionOf = (call: Call): string => call.req.query("api-version") ?? "";
