import { defaultBehaviour } from "../vault/issuer-behaviour";
import { orderProgress, type Order, type OrderError, type OrderStatus } from "../vault/order";
import { isUnknown } from "../vault/policy";
import type { Vault } from "../vault/vault";
import { ControlError } from "./control-error";

/** How to end an order by hand. */
export interface OrderEnd {
  readonly outcome: "completed" | "failed" | "cancelled";
  readonly error?: OrderError | undefined;
  readonly statusDetails?: string | undefined;
}

/** An order as the control endpoint shows it. Times in milliseconds since 1970. */
export interface OrderView {
  readonly certificateName: string;
  readonly requestId: string;
  readonly issuer: string;
  readonly createdAt: number;
  readonly status: OrderStatus;
  readonly cancellationRequested: boolean;
  readonly pendingDeleted: boolean;
  readonly endedAt?: number;
}

/** Every order ever accepted, oldest first. */
export const viewOrders = (vault: Vault): readonly OrderView[] =>
  [...vault.state.orders.values()].map((order) => view(order, vault.now()));

/** Ends an order that is in progress, now. */
export function endOrder(vault: Vault, requestId: string, end: OrderEnd): OrderView {
  const order = vault.state.orders.get(requestId);
  const now = vault.now();
  if (order === undefined || orderProgress(order, now).status !== "inProgress") {
    throw new ControlError(`There is no order ${requestId} in progress.`);
  }
  if (isUnknown(order.issuer) && end.outcome === "completed") {
    throw new ControlError("An order of the issuer Unknown is completed by a merge.");
  }
  const { outcome, error, statusDetails } = end;
  const failed = error ?? defaultBehaviour(order.issuer).error ?? undefined;
  const ended = {
    ...order,
    plan: {
      dueAt: now,
      outcome,
      error: outcome === "failed" ? failed : undefined,
      statusDetails: statusDetails ?? order.plan.statusDetails,
    },
  };
  vault.saveOrder(ended);
  return view(ended, now);
}

function view(order: Order, now: number): OrderView {
  const { status, endedAt } = orderProgress(order, now);
  return {
    certificateName: order.certificateName,
    requestId: order.requestId,
    issuer: order.issuer,
    createdAt: order.acceptedAt,
    status,
    cancellationRequested: order.cancellation !== undefined,
    pendingDeleted: order.pendingDeletedAt !== undefined,
    ...(endedAt === undefined ? {} : { endedAt }),
  };
}
