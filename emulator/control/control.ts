import { orderProgress, type Order, type OrderError, type OrderStatus } from "../vault/order";
import { isUnknown } from "../vault/policy";
import { defaultBehaviour, type IssuerBehaviour } from "../vault/issuer-behaviour";
import { emptyState, type Timing, type VaultProperties } from "../vault/state";
import type { Vault } from "../vault/vault";
import type { RecordedRequest, RequestLog, Stats } from "./request-log";

/** What to set of an issuer's behaviour; what is left out takes its default. */
export type IssuerBehaviourSettings = {
  readonly [K in keyof IssuerBehaviour]?: IssuerBehaviour[K] | undefined;
};

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

/** A wrong use of the control endpoint: answered with 400. */
export class ControlError extends Error {}

/** Steers an emulator and tells what it saw: the same by method call as over HTTP. */
export class Control {
  constructor(
    private readonly vault: Vault,
    private readonly log: RequestLog,
  ) {}

  /** Every call on the vault since the start or the last clearing, oldest first, also those refused. */
  requests(): readonly RecordedRequest[] {
    return this.log.entries();
  }

  clearRequests(): void {
    this.log.clear();
  }

  stats(): Stats {
    return this.log.stats();
  }

  /** Sets how an issuer (`Self`, `Unknown` or any name; case does not count) treats orders from now on. */
  setIssuer(name: string, settings: IssuerBehaviourSettings): IssuerBehaviour {
    const given = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
    const behaviour: IssuerBehaviour = { ...defaultBehaviour(name), ...given };
    if (isUnknown(name) && behaviour.outcome === "completed") {
      throw new ControlError(
        "Nobody signs for the issuer Unknown: an outcome of completed comes by merge only.",
      );
    }
    this.vault.state.behaviours.set(name.toLowerCase(), behaviour);
    return behaviour;
  }

  /** Sets how long deletion, recovery and purge take; what is left out stays. */
  setTiming(timing: Partial<Timing>): Timing {
    this.vault.state.timing = { ...this.vault.state.timing, ...timing };
    return this.vault.state.timing;
  }

  /** Sets the vault's recovery level and retention; what is left out stays. */
  setVault(properties: Partial<VaultProperties>): VaultProperties {
    this.vault.state.properties = { ...this.vault.state.properties, ...properties };
    return this.vault.state.properties;
  }

  /** Every order ever accepted, oldest first, whatever became of its pending object. */
  orders(): readonly OrderView[] {
    return [...this.vault.state.orders.values()].map((order) => view(order, this.vault.now()));
  }

  /** Ends an order that is in progress, now. */
  endOrder(requestId: string, end: OrderEnd): OrderView {
    const order = this.vault.state.orders.get(requestId);
    const now = this.vault.now();
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
    this.vault.saveOrder(ended);
    return view(ended, now);
  }

  /** Puts a key, or a secret, that belongs to no certificate under a name, so that a create answers 409. */
  plant(kind: "key" | "secret", name: string): void {
    this.vault.state.plainObjects.add(`${kind}/${name.toLowerCase()}`);
  }

  unplant(kind: "key" | "secret", name: string): void {
    this.vault.state.plainObjects.delete(`${kind}/${name.toLowerCase()}`);
  }

  /** Empties the vault, the log and the counts, and takes back every setting. Tokens stay valid. */
  reset(): void {
    this.vault.state = emptyState();
    this.log.reset();
  }
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
