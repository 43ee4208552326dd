import { randomBytes, X509Certificate } from "node:crypto";
import { createIntermediate, createRoot, type Authority } from "../x509/authority";
import {
  pendingStatus,
  phaseOf,
  type CertificateRecord,
  type Operation,
  type PendingStatus,
  type Phase,
  type Version,
} from "./certificate";
import { refusals } from "./errors";
import { issue } from "./issuance";
import { defaultBehaviour, type IssuerBehaviour } from "./issuer-behaviour";
import { orderProgress, type Order } from "./order";
import { emptyState, type VaultState } from "./state";
import { withKeyCreation } from "./throttling";
import { withVersion } from "./transitions";

/** A certificate that is there, together with its pending object as it is at this moment. */
export interface LiveCertificate {
  readonly record: CertificateRecord;
  readonly pending: Pending | undefined;
}

export interface Pending {
  readonly operation: Operation;
  readonly order: Order;
  readonly status: PendingStatus;
}

/**
 * One vault: its state and the clock it goes by. Nothing happens by itself: what is due by the clock is carried
 * out when somebody looks, dated to when it was due.
 */
export class Vault {
  state: VaultState = emptyState();
  private issuingAuthority: Promise<Authority> | undefined;

  constructor(private readonly clock: () => number) {}

  /** Milliseconds since 1970. */
  now(): number {
    return this.clock();
  }

  /** Whole seconds since 1970, as attributes count. */
  seconds(): number {
    return Math.floor(this.clock() / 1000);
  }

  /** 32 hexadecimal digits, for versions and requests. */
  newId(): string {
    return randomBytes(16).toString("hex");
  }

  behaviourOf(issuer: string): IssuerBehaviour {
    return this.state.behaviours.get(issuer.toLowerCase()) ?? defaultBehaviour(issuer);
  }

  /** The CA behind every integrated issuer: a root and an intermediate, made when first needed. */
  authority(): Promise<Authority> {
    this.issuingAuthority ??= createRoot("Emulator Root CA", { kind: "RSA", size: 2048 }).then((root) =>
      createIntermediate("Emulator Issuing CA", { kind: "RSA", size: 2048 }, root),
    );
    return this.issuingAuthority;
  }

  /** Counts the making of a key, which the service limits. */
  countKeyCreation(): void {
    const { throttling, keyCreations } = this.state;
    if (!throttling.enabled) return;
    const counted = withKeyCreation(keyCreations, throttling, this.now());
    if (counted === undefined) throw refusals.throttled();
    this.state.keyCreations = counted;
  }

  /** What is kept under a name, and whether it is live, being deleted, deleted or being recovered. */
  find(name: string): { record: CertificateRecord; phase: Phase } | undefined {
    const record = this.state.certificates.get(name.toLowerCase());
    if (record === undefined) return undefined;
    const phase = phaseOf(record, this.now());
    if (phase === "gone") {
      this.state.certificates.delete(name.toLowerCase());
      return undefined;
    }
    return { record: phase === "live" ? this.settle(record) : record, phase };
  }

  /** The certificate, or 404 also while it is being deleted or recovered. */
  live(name: string): LiveCertificate {
    const found = this.find(name);
    if (found?.phase !== "live") throw refusals.certificateNotFound(name);
    return { record: found.record, pending: this.pendingOf(found.record) };
  }

  /** The pending object, or 404: none, or not that of the request id given. */
  pending(name: string, requestId: string | undefined): LiveCertificate & { pending: Pending } {
    const found = this.find(name);
    const pending = found?.phase === "live" ? this.pendingOf(found.record) : undefined;
    if (found === undefined || pending === undefined) throw refusals.pendingNotFound(name);
    if (requestId !== undefined && requestId !== pending.operation.requestId)
      throw refusals.pendingNotFound(name);
    return { record: found.record, pending };
  }

  save(record: CertificateRecord): CertificateRecord {
    this.state.certificates.set(record.name.toLowerCase(), record);
    return record;
  }

  saveOrder(order: Order): void {
    this.state.orders.set(order.requestId, order);
  }

  private pendingOf({ operation }: CertificateRecord): Pending | undefined {
    const order = operation && this.state.orders.get(operation.requestId);
    if (operation === undefined || order === undefined) return undefined;
    return { operation, order, status: pendingStatus(operation, orderProgress(order, this.now()).status) };
  }

  /** Carries out what is due: the end of a recovery, and the version that a completed order yields. */
  private settle(record: CertificateRecord): CertificateRecord {
    const live =
      record.deletion === undefined ? record : { ...record, deletion: undefined, recoveredAt: undefined };
    const pending = this.pendingOf(live);
    if (pending?.status !== "completed" || pending.operation.fulfilled) {
      return live === record ? record : this.save(live);
    }
    const { endedAt = this.now() } = orderProgress(pending.order, this.now());
    const { operation } = pending;
    const chain = issue(operation.policy, operation.key, endedAt, operation.authority);
    const version = versionOf(
      operation,
      { leaf: chain[0], certificates: chain },
      { id: this.newId(), at: endedAt },
    );
    return this.save(withVersion(live, version, true));
  }
}

/** The version that a request yields. DER; `at` in milliseconds since 1970. */
export function versionOf(
  operation: Operation,
  { leaf, certificates }: { leaf: Buffer; certificates: readonly Buffer[] },
  { id, at }: { id: string; at: number },
): Version {
  const { policy } = operation;
  return {
    id,
    certificate: leaf,
    chain: certificates,
    key: operation.key,
    exportable: policy.key_props.exportable,
    contentType: policy.secret_props.contentType,
    keyUsage: policy.x509_props.key_usage,
    enabled: operation.enabled,
    tags: operation.tags,
    preserveCertOrder: operation.preserveCertOrder,
    times: { ...validityOf(leaf), created: Math.floor(at / 1000), updated: Math.floor(at / 1000) },
  };
}

/** The validity of a certificate in DER, in whole seconds since 1970. */
export function validityOf(certificate: Buffer): { notBefore: number; expires: number } {
  const { validFromDate, validToDate } = new X509Certificate(certificate);
  return { notBefore: validFromDate.getTime() / 1000, expires: validToDate.getTime() / 1000 };
}
