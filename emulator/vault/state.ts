import type { CertificateRecord } from "./certificate";
import type { IssuerBehaviour } from "./issuer-behaviour";
import type { Contacts, Issuer } from "./directory";
import type { Order } from "./order";
import { defaultThrottling, type Throttling } from "./throttling";

/** How long the asynchronous operations on deleted certificates take, in milliseconds. */
export interface Timing {
  readonly deleteMs: number;
  readonly recoverMs: number;
  /** For how long a purged name cannot be used again. */
  readonly purgeMs: number;
}

export interface VaultProperties {
  /** Purge is allowed only where it ends with `Purgeable`. */
  readonly recoveryLevel: string;
  readonly recoverableDays: number;
}

/** All that one vault holds. Names are keys in lower case, as the service does not tell case apart. */
export interface VaultState {
  readonly certificates: Map<string, CertificateRecord>;
  /** Names that were purged, with the time from which they can be used again. */
  readonly purged: Map<string, number>;
  /** Every order ever accepted, by request id, oldest first. */
  readonly orders: Map<string, Order>;
  readonly issuers: Map<string, Issuer>;
  contacts: Contacts | undefined;
  /** Keys and secrets that belong to no certificate, as `key/name` and `secret/name`. */
  readonly plainObjects: Set<string>;
  readonly behaviours: Map<string, IssuerBehaviour>;
  timing: Timing;
  properties: VaultProperties;
  throttling: Throttling;
  /** When keys were made, in milliseconds since 1970; kept while throttling is on and for as long as it counts. */
  keyCreations: readonly number[];
}

export const defaultTiming: Timing = { deleteMs: 300, recoverMs: 300, purgeMs: 300 };

/** A soft-delete vault with the shortest retention, without purge protection. */
export const defaultProperties: VaultProperties = {
  recoveryLevel: "CustomizedRecoverable+Purgeable",
  recoverableDays: 7,
};

export const emptyState = (): VaultState => ({
  certificates: new Map(),
  purged: new Map(),
  orders: new Map(),
  issuers: new Map(),
  contacts: undefined,
  plainObjects: new Set(),
  behaviours: new Map(),
  timing: defaultTiming,
  properties: defaultProperties,
  throttling: defaultThrottling,
  keyCreations: [],
});
