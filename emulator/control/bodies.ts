import type { Context } from "hono";
import { ServiceError } from "../vault/errors";
import { isObject, Members, type JsonObject } from "../vault/request";
import { ControlError } from "./control-error";

export const refuse = (): ServiceError =>
  new ServiceError(400, "BadRequest", "A member of the request has the wrong type.");

/** The JSON object of a call; an empty body counts as `{}`. */
export async function bodyOf(context: Context): Promise<JsonObject> {
  const text = await context.req.text();
  const body: unknown = text === "" ? {} : await context.req.json().catch(() => undefined);
  if (!isObject(body)) throw new ControlError("The request body is not a JSON object.");
  return body;
}

/** Those of the members that are there; each has to be a whole number. */
export function numbersOf<K extends string>(
  body: JsonObject,
  names: readonly K[],
): Partial<Record<K, number>> {
  const members = new Members(body, refuse);
  const result: Partial<Record<K, number>> = {};
  for (const name of names) {
    const value = members.count(name);
    if (value !== undefined) result[name] = value;
  }
  return result;
}

/** A member that has to be one of the known texts, if it is there. */
export function oneOf<T extends string>(members: Members, name: string, known: readonly T[]): T | undefined {
  const text = members.text(name);
  const found = known.find((value) => value === text);
  if (text !== undefined && found === undefined) {
    throw new ControlError(`${name} is "${text}", but must be one of ${known.join(", ")}.`);
  }
  return found;
}
