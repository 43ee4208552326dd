import { chainErrors } from "./chain";
import { lifecycleErrors } from "./lifecycle";
import type { Row } from "./row";
import { signerErrors } from "./signer";
import { wireErrors } from "./wire";

/**
 * The one table of failures, a part for each layer that raises them. Codes are stable: a retired one moves to
 * `retiredCodes`, so that it is never used again for something else.
 */
export const errorTable = { ...wireErrors, ...chainErrors, ...lifecycleErrors, ...signerErrors } as const;

/** Codes that earlier releases used. Never to be given to another failure. */
export const retiredCodes: readonly string[] = [];

export type ErrorCode = keyof typeof errorTable;

/** What the failure of that code carries. */
export type ErrorDetails<C extends ErrorCode> = (typeof errorTable)[C] extends Row<infer D> ? D : never;
