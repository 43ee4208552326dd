import type { FaultControl } from "../faults/faults";
import type { Tokens } from "../identity/tokens";
import { isUnknown } from "../vault/policy";
import { defaultBehaviour, type IssuerBehaviour } from "../vault/issuer-behaviour";
import { emptyState, type Timing, type VaultProperties } from "../vault/state";
import type { Throttling } from "../vault/throttling";
import type { Vault } from "../vault/vault";
import type { EmulatorClock } from "./clock";
import { ControlError } from "./control-error";
import { endOrder, viewOrders, type OrderEnd, type OrderView } from "./orders";
import type { RecordedRequest, RequestLog, Stats } from "./request-log";

/** What to set of an issuer's behaviour; what is left out takes its default. */
export type IssuerBehaviourSettings = {
  readonly [K in keyof IssuerBehaviour]?: IssuerBehaviour[K] | undefined;
};

/** What is steered. */
export interface ControlledParts {
  readonly vault: Vault;
  readonly log: RequestLog;
  readonly tokens: Tokens;
  readonly faults: FaultControl;
  readonly clock: EmulatorClock;
}

/** Steers an emulator and tells what it saw: the same by method call as over HTTP. */
export class Control {
  /** Disturbs chosen requests, see {@link FaultRule}. */
  readonly faults: FaultControl;
  /** The emulator's clock: everything goes by it, life of tokens and `Date` headers included. */
  readonly clock: EmulatorClock;
  private readonly vault: Vault;
  private readonly log: RequestLog;
  private readonly tokens: Tokens;

  constructor(parts: ControlledParts) {
    this.faults = parts.faults;
    this.clock = parts.clock;
    this.vault = parts.vault;
    this.log = parts.log;
    this.tokens = parts.tokens;
  }

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

  /** Limits the making of keys as the service does, where `enabled`; what is left out stays. */
  setThrottling(throttling: Partial<Throttling>): Throttling {
    this.vault.state.throttling = { ...this.vault.state.throttling, ...throttling };
    return this.vault.state.throttling;
  }

  /** Sets how long tokens live that are given out from now on, in milliseconds; default a day. */
  setTokens({ lifetimeMs }: { readonly lifetimeMs?: number }): { readonly lifetimeMs: number } {
    return { lifetimeMs: this.tokens.setLifetime(lifetimeMs) };
  }

  /** Every order ever accepted, oldest first, whatever became of its pending object. */
  orders(): readonly OrderView[] {
    return viewOrders(this.vault);
  }

  /** Ends an order that is in progress, now. */
  endOrder(requestId: string, end: OrderEnd): OrderView {
    return endOrder(this.vault, requestId, end);
  }

  /** Puts a key, or a secret, that belongs to no certificate under a name, so that a create answers 409. */
  plant(kind: "key" | "secret", name: string): void {
    this.vault.state.plainObjects.add(`${kind}/${name.toLowerCase()}`);
  }

  unplant(kind: "key" | "secret", name: string): void {
    this.vault.state.plainObjects.delete(`${kind}/${name.toLowerCase()}`);
  }

  /**
   * Empties the vault, the log and the counts, and takes back every setting, fault and movement of the clock. Tokens
   * given out stay known.
   */
  reset(): void {
    this.vault.state = emptyState();
    this.log.reset();
    this.tokens.setLifetime();
    this.faults.clear();
    this.clock.reset();
  }
}
