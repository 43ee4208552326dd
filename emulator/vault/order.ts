/** What an issuer makes of an order, settled when it accepts it. Times in milliseconds since 1970. */
export interface Plan {
  /** When the issuer ends the order; undefined: never by itself. */
  readonly dueAt: number | undefined;
  readonly outcome: "completed" | "failed" | "cancelled";
  /** Shown when the outcome is `failed`. */
  readonly error: OrderError | undefined;
  /** Shown while in progress and after a failure. */
  readonly statusDetails: string;
}

export interface OrderError {
  readonly code: string;
  readonly message: string;
}

/** An order as its issuer knows it. It lives on when the vault's pending object is gone. */
export interface Order {
  readonly certificateName: string;
  /** 32 hexadecimal digits. */
  readonly requestId: string;
  /** As the policy writes it. */
  readonly issuer: string;
  /** An outside CA works on it: its end does not depend on the pending object. */
  readonly integrated: boolean;
  readonly acceptedAt: number;
  readonly plan: Plan;
  readonly cancellation: Cancellation | undefined;
  readonly pendingDeletedAt: number | undefined;
  readonly mergedAt: number | undefined;
}

/** `takesEffectAt` undefined: asked for, but ignored by the issuer. */
export interface Cancellation {
  readonly requestedAt: number;
  readonly takesEffectAt: number | undefined;
}

/** `deleted`: ended because its pending object was deleted, which only an outside CA survives. */
export type OrderStatus = "inProgress" | "completed" | "failed" | "cancelled" | "deleted";

export interface Progress {
  readonly status: OrderStatus;
  /** Undefined while in progress. */
  readonly endedAt: number | undefined;
}

/** How far an order is at a time: whatever comes first of the ends that it can have; its own end, if several do. */
export function orderProgress(order: Order, now: number): Progress {
  const ends: { at: number | undefined; status: OrderStatus }[] = [
    { at: order.plan.dueAt, status: order.plan.outcome },
    { at: order.cancellation?.takesEffectAt, status: "cancelled" },
    { at: order.mergedAt, status: "completed" },
    { at: order.integrated ? undefined : order.pendingDeletedAt, status: "deleted" },
  ];
  let first: Progress = { status: "inProgress", endedAt: undefined };
  for (const { at, status } of ends) {
    if (at !== undefined && at <= now && at < (first.endedAt ?? Infinity)) first = { status, endedAt: at };
  }
  return first;
}
