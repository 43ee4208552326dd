import { randomUUID } from "node:crypto";
import { STATUS_CODES } from "node:http";
import { refusals, ServiceError } from "../vault/errors";
import { accessRefusals } from "./access-refusals";
import type { ObservedRequest } from "./match";
import type { FaultEffect, Refusal } from "./rule";

/** A reply in place of the vault's. */
export interface MadeUpReply {
  readonly status: number;
  readonly body: string | null;
  readonly contentType: string;
}

/** Statuses whose replies have no body (RFC 9110, sections 15.3.5, 15.3.6 and 15.4.5). */
const withoutBody = new Set([204, 205, 304]);

/** The reply that an effect puts in the place of the vault's; undefined: it puts none there. */
export function madeUpReply(effect: FaultEffect, request: ObservedRequest): MadeUpReply | undefined {
  if (effect.refuse !== undefined) {
    const refusal = refusalOf(effect.refuse, request);
    return json(refusal.status, refusal.toBody());
  }
  const { status, body } = effect;
  if (status === undefined) return undefined;
  if (withoutBody.has(status)) return { ...json(status, null), body: null };
  if (typeof body === "string") return { status, body, contentType: "text/plain; charset=utf-8" };
  return json(status, body ?? errorBody(status, request.endpoint));
}

const json = (status: number, body: unknown): MadeUpReply => ({
  status,
  body: JSON.stringify(body),
  contentType: "application/json; charset=utf-8",
});

function refusalOf(refusal: Refusal, request: ObservedRequest): ServiceError {
  return refusal === "Throttled" ? refusals.throttled() : accessRefusals[refusal](request);
}

const explanation = "A fault rule of the emulator answered this request.";

/** The service's own code and text where they are on record; else the status in words. */
function errorBody(status: number, endpoint: ObservedRequest["endpoint"]): object {
  if (endpoint === "identity") return { statusCode: status, message: explanation };
  if (status === 429) return refusals.throttled().toBody();
  if (status === 500) return refusals.serverError(randomUUID()).toBody();
  const code = status === 400 ? "BadParameter" : (STATUS_CODES[status] ?? "Error").replace(/[^A-Za-z]/g, "");
  return new ServiceError(status, code, explanation).toBody();
}
