import type { PlainObject } from "./plain";

/**
 * A failure after the certificate, or a request for it, exists. The engine then keeps `properties` as the resource's outputs and calls
 * `update` in the next `up`; a plain error would lose them, and orphan what exists. The names `id`, `properties` and `reasons` are
 * the SDK's protocol; `__provider` must be among the properties, as the SDK does not add it here.
 */
export class InitError extends Error {
  readonly reasons: readonly string[];

  constructor(
    readonly id: string,
    readonly properties: PlainObject,
    cause: Error,
  ) {
    super(cause.message, { cause });
    this.reasons = [cause.message];
  }
}
