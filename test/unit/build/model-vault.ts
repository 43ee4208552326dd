import { createPublicKey, X509Certificate } from "node:crypto";
import { KeyVaultCertificateError } from "../../../provider/errors/error";
import type { ErrorCode } from "../../../provider/errors/table";
import type { ConflictKind } from "../../../provider/errors/wire";
import type {
  CallOptions,
  CertificateProperties,
  CreateCertificateParameters,
  MergeCertificateParameters,
  VaultClient,
} from "../../../provider/vault/client";
import type {
  CertificateBundle,
  CertificateOperation,
  CertificatePolicy,
  DeletedCertificate,
} from "../../../provider/vault/model";
import { certificateName, vaultUrl } from "./certificate";
import type { Material } from "./materials";

/** How the vault's issuers behave. */
export interface Behaviour {
  /** Looks at a request until it ends. */
  looks: number;
  outcome: "completed" | "failed" | "cancelled" | "never";
  cancellation: "honoured" | "ignored" | "refused";
  /** Looks until a cancellation that is honoured shows. */
  cancellationLooks: number;
  /** The status that a request in progress shows. */
  status: string;
  /** Looks at a deleted name until the deletion, recovery or purge has ended. */
  deletionLooks: number;
  recoveryLevel: string;
}

type Method = Exclude<keyof VaultClient, "vaultUrl">;
type Stage = "live" | "beingDeleted" | "deleted" | "purging";

interface Pending {
  operation: CertificateOperation;
  looksLeft: number;
  outcome: Behaviour["outcome"];
  readonly material: Material;
  readonly tags: Readonly<Record<string, string>>;
  readonly enabled: boolean;
}

/** The service's defaults: what a policy answers where it was made without them. */
const serviceDefaults: Partial<CertificatePolicy> = {
  keyType: "RSA",
  keySize: 2048,
  exportable: true,
  reuseKey: false,
  contentType: "application/x-pkcs12",
  validityInMonths: 12,
  keyUsage: ["digitalSignature", "keyEncipherment"],
  enhancedKeyUsage: ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"],
};

/**
 * One name of a vault in memory, behind the port that the lifecycle sees: a placeholder while the first request is in progress,
 * 409s as the service gives them, a policy that a create replaces at once and a PATCH changes in part, statuses that change when they
 * are looked at. Every write asks `beforeWrite`, as the real client does.
 */
export class ModelVault implements VaultClient {
  readonly vaultUrl = vaultUrl;
  /** Every call in order, such as `createCertificate`. */
  readonly calls: Method[] = [];
  readonly behaviour: Behaviour = {
    looks: 2,
    outcome: "completed",
    cancellation: "honoured",
    cancellationLooks: 1,
    status: "inProgress",
    deletionLooks: 2,
    recoveryLevel: "Recoverable+Purgeable",
  };

  stage: Stage = "live";
  pending: Pending | undefined;
  #versions: CertificateBundle[] = [];
  #placeholder: CertificateBundle | undefined;
  #policy: CertificatePolicy | undefined;
  #hasPending = false;
  #deletionLooksLeft = 0;
  #count = 0;
  readonly #faults: { method: Method; fault: () => void; after: boolean }[] = [];

  constructor(private readonly materials: readonly Material[]) {}

  /** The next call of that method throws; `after` it was carried out, as where only the reply was lost. */
  fail(method: Method, error: Error, { after = false } = {}): void {
    this.#faults.push({
      method,
      after,
      fault: () => {
        throw error;
      },
    });
  }

  /** Something happens right before the next call of that method. */
  before(method: Method, happens: () => void): void {
    this.#faults.push({ method, after: false, fault: happens });
  }

  count(method: Method): number {
    return this.calls.filter((call) => call === method).length;
  }

  /** The version that stands, for whoever looks into the vault itself. */
  get current(): CertificateBundle | undefined {
    return this.stage === "live" ? (this.#versions.at(-1) ?? this.#placeholder) : undefined;
  }

  get versions(): number {
    return this.#versions.length;
  }

  get policy(): CertificatePolicy | undefined {
    return this.#policy && answered(this.#policy);
  }

  /** A version that was made elsewhere. */
  seed(tags: Readonly<Record<string, string>>, policy: CertificatePolicy): void {
    this.#policy = policy;
    this.#addVersion(this.#material(), { tags, enabled: true });
  }

  getCertificate(_name: string, options?: CallOptions): Promise<CertificateBundle | undefined> {
    return this.#call("getCertificate", options, () => {
      const { current } = this;
      if (current === undefined) return undefined;
      return { ...current, ...(this.policy && { policy: this.policy }), hasPending: this.#hasPending };
    });
  }

  getCertificateVersion(_name: string, version: string): Promise<CertificateBundle | undefined> {
    return this.#call("getCertificateVersion", undefined, () =>
      this.#versions.find((bundle) => bundle.version === version),
    );
  }

  listVersions() {
    return this.#call("listVersions", undefined, () =>
      this.#versions.map(({ name, version, enabled, tags }) => ({ name, version, enabled, tags })),
    );
  }

  createCertificate(
    _name: string,
    { policy, enabled = true, tags = {} }: CreateCertificateParameters,
    options?: CallOptions,
  ): Promise<CertificateOperation> {
    return this.#write("createCertificate", options, () => {
      this.#passDeletion();
      if (this.stage === "deleted") throw conflict("softDeleted");
      if (this.stage !== "live") throw conflict("beingDeleted");
      if (this.pending?.operation.status === "inProgress") throw conflict("pendingInProgress");
      const material = this.#material();
      this.#policy = policy;
      this.#hasPending = true;
      const { looks, outcome, status } = this.behaviour;
      const operation: CertificateOperation = {
        issuerName: policy.issuerName,
        csr: material.csr,
        cancellationRequested: false,
        status: "inProgress",
        statusDetails: "Pending certificate created.",
        requestId: this.#id(),
      };
      this.pending = {
        operation: { ...operation, status },
        looksLeft: looks,
        outcome: policy.issuerName.toLowerCase() === "unknown" ? "never" : outcome,
        material,
        tags,
        enabled,
      };
      if (this.#versions.length === 0)
        this.#placeholder = { ...this.#bundle(tags), enabled: false, hasPending: true };
      return operation;
    });
  }

  updateCertificate(
    _name: string,
    version: string | undefined,
    { enabled, tags }: CertificateProperties,
    options?: CallOptions,
  ): Promise<CertificateBundle> {
    return this.#write("updateCertificate", options, () => {
      const { current } = this;
      if (current === undefined || (version !== undefined && version !== current.version))
        throw refused("KVC_NOT_FOUND", 404);
      if (enabled !== undefined) current.enabled = enabled;
      if (tags !== undefined) current.tags = { ...tags };
      return { ...current, hasPending: false };
    });
  }

  getOperation(
    _name: string,
    requestId?: string,
    options?: CallOptions,
  ): Promise<CertificateOperation | undefined> {
    return this.#call("getOperation", options, () => {
      const pending = this.#pendingOf(requestId);
      if (pending !== undefined) this.#look(pending);
      return pending && { ...pending.operation };
    });
  }

  cancelOperation(
    _name: string,
    requestId?: string,
    options?: CallOptions,
  ): Promise<CertificateOperation | undefined> {
    return this.#write("cancelOperation", options, () => {
      const pending = this.#pendingOf(requestId);
      if (pending === undefined) return undefined;
      if (pending.operation.status !== "inProgress" || this.behaviour.cancellation === "refused")
        throw refused("KVC_NOT_CANCELLABLE", 403);
      pending.operation.cancellationRequested = true;
      if (this.behaviour.cancellation === "honoured")
        Object.assign(pending, { outcome: "cancelled", looksLeft: this.behaviour.cancellationLooks });
      return { ...pending.operation };
    });
  }

  deleteOperation(
    _name: string,
    requestId?: string,
    options?: CallOptions,
  ): Promise<CertificateOperation | undefined> {
    return this.#write("deleteOperation", options, () => {
      const pending = this.#pendingOf(requestId);
      if (pending === undefined) return undefined;
      this.pending = undefined;
      this.#hasPending = false;
      return { ...pending.operation };
    });
  }

  mergeCertificate(
    _name: string,
    { x5c, enabled = true, tags }: MergeCertificateParameters,
    options?: CallOptions,
  ): Promise<CertificateBundle> {
    return this.#write("mergeCertificate", options, () => {
      const { pending } = this;
      if (pending === undefined) throw refused("KVC_NOT_FOUND", 404);
      const { status, issuerName } = pending.operation;
      if (status === "inProgress" && issuerName.toLowerCase() !== "unknown")
        throw refused("KVC_MERGE_FORBIDDEN", 403);
      const [leaf] = x5c;
      if (leaf === undefined || !answers(leaf, pending.material)) throw refused("KVC_BAD_REQUEST", 400);
      pending.operation.status = "completed";
      delete pending.operation.statusDetails;
      return {
        ...this.#addVersion(pending.material, { tags: tags ?? pending.tags, enabled, cer: leaf }),
        ...(this.policy && { policy: this.policy }),
        hasPending: true,
      };
    });
  }

  getPolicy(): Promise<CertificatePolicy> {
    return this.#call("getPolicy", undefined, () => {
      if (this.policy === undefined) throw refused("KVC_NOT_FOUND", 404);
      return this.policy;
    });
  }

  updatePolicy(
    _name: string,
    policy: Partial<CertificatePolicy>,
    options?: CallOptions,
  ): Promise<CertificatePolicy> {
    return this.#write("updatePolicy", options, () => {
      if (this.#policy === undefined) throw refused("KVC_NOT_FOUND", 404);
      this.#policy = { ...this.#policy, ...policy };
      return answered(this.#policy);
    });
  }

  deleteCertificate(_name: string, options?: CallOptions): Promise<DeletedCertificate | undefined> {
    return this.#write("deleteCertificate", options, () => {
      const { current } = this;
      if (current === undefined) return undefined;
      this.stage = "beingDeleted";
      this.#deletionLooksLeft = this.behaviour.deletionLooks;
      return { ...current, recoveryLevel: this.behaviour.recoveryLevel, hasPending: this.#hasPending };
    });
  }

  getDeletedCertificate(_name: string, options?: CallOptions): Promise<DeletedCertificate | undefined> {
    return this.#call("getDeletedCertificate", options, () => {
      if (this.stage === "live") return undefined;
      this.#passDeletion();
      const bundle = this.#versions.at(-1) ?? this.#placeholder;
      const seen = this.stage === "deleted" || this.stage === "purging";
      return seen && bundle !== undefined ? { ...bundle, hasPending: this.#hasPending } : undefined;
    });
  }

  recoverDeletedCertificate(_name: string, options?: CallOptions): Promise<CertificateBundle | undefined> {
    return this.#write("recoverDeletedCertificate", options, () => {
      if (this.stage === "beingDeleted") throw conflict("beingDeleted");
      if (this.stage !== "deleted") return undefined;
      this.stage = "live";
      return this.current;
    });
  }

  purgeDeletedCertificate(_name: string, options?: CallOptions): Promise<void> {
    return this.#write("purgeDeletedCertificate", options, () => {
      if (this.stage === "beingDeleted") throw conflict("beingDeleted");
      this.stage = "purging";
      this.#deletionLooksLeft = this.behaviour.deletionLooks;
    });
  }

  /** One look at a name that is on its way brings it on. */
  #passDeletion(): void {
    this.#deletionLooksLeft -= 1;
    if (this.#deletionLooksLeft >= 0) return;
    if (this.stage === "beingDeleted") this.stage = "deleted";
    else if (this.stage === "purging") this.#clear();
  }

  #clear(): void {
    this.stage = "live";
    this.pending = undefined;
    this.#versions = [];
    this.#placeholder = undefined;
    this.#policy = undefined;
    this.#hasPending = false;
  }

  #look(pending: Pending): void {
    if (pending.operation.status !== "inProgress" || pending.outcome === "never") return;
    pending.looksLeft -= 1;
    if (pending.looksLeft > 0) return;
    pending.operation.status = pending.outcome;
    if (pending.outcome === "completed") {
      delete pending.operation.statusDetails;
      this.#addVersion(pending.material, pending);
    } else if (pending.outcome === "failed") {
      pending.operation.error = { code: "Request rejected", message: "the domain is not validated" };
    }
  }

  /** What becomes of a request while nobody looks. */
  end(outcome: Behaviour["outcome"]): void {
    if (this.pending === undefined) throw new Error("there is no request");
    Object.assign(this.pending, { outcome, looksLeft: 1 });
    this.#look(this.pending);
  }

  #addVersion(
    material: Material,
    { tags, enabled, cer }: { tags: Readonly<Record<string, string>>; enabled: boolean; cer?: string },
  ): CertificateBundle {
    const bundle = { ...this.#bundle(tags), cer: cer ?? material.selfSigned, enabled };
    this.#versions.push(bundle);
    return { ...bundle };
  }

  #bundle(tags: Readonly<Record<string, string>>): CertificateBundle {
    const at = Math.floor(Date.now() / 1000);
    return {
      name: certificateName,
      version: this.#id(),
      enabled: true,
      createdOn: at,
      updatedOn: at,
      recoveryLevel: this.behaviour.recoveryLevel,
      tags: { ...tags },
      hasPending: false,
    };
  }

  #pendingOf(requestId: string | undefined): Pending | undefined {
    const { pending } = this;
    return requestId === undefined || pending?.operation.requestId === requestId ? pending : undefined;
  }

  #material(): Material {
    const material = this.materials[this.#count % this.materials.length];
    if (material === undefined) throw new Error("the vault was given no material");
    return material;
  }

  #id(): string {
    this.#count += 1;
    return this.#count.toString(16).padStart(32, "0");
  }

  #write<T>(method: Method, options: CallOptions | undefined, act: () => T): Promise<T> {
    return this.#call(method, options, () => {
      options?.beforeWrite?.();
      return act();
    });
  }

  async #call<T>(method: Method, options: CallOptions | undefined, act: () => T): Promise<T> {
    await Promise.resolve();
    options?.signal?.throwIfAborted();
    const at = this.#faults.findIndex((planned) => planned.method === method);
    const [planned] = at < 0 ? [] : this.#faults.splice(at, 1);
    this.calls.push(method);
    if (planned?.after === false) planned.fault();
    const result = act();
    if (planned?.after === true) planned.fault();
    return result;
  }
}

function answered(policy: CertificatePolicy): CertificatePolicy {
  const action = policy.issuerName.toLowerCase() === "unknown" ? "EmailContacts" : "AutoRenew";
  return {
    ...serviceDefaults,
    lifetimeActions: [{ action, lifetimePercentage: 80 }],
    ...policy,
  };
}

function answers(leafBase64: string, { keys }: Material): boolean {
  const { publicKey } = new X509Certificate(Buffer.from(leafBase64, "base64"));
  return publicKey.equals(createPublicKey(keys.node));
}

const exchange = { request: "POST /certificates/web", attempts: 1, permission: "create" };
const where = { vaultUrl, certificateName };

export function conflict(kind: ConflictKind, words = "the service's words"): KeyVaultCertificateError {
  return new KeyVaultCertificateError("KVC_CONFLICT", where, {
    ...exchange,
    status: 409,
    kind,
    serviceMessage: words,
  });
}

export function refused(
  code: Extract<
    ErrorCode,
    "KVC_NOT_FOUND" | "KVC_NOT_CANCELLABLE" | "KVC_MERGE_FORBIDDEN" | "KVC_BAD_REQUEST" | "KVC_FORBIDDEN"
  >,
  status: number,
): KeyVaultCertificateError {
  return new KeyVaultCertificateError(code, where, {
    ...exchange,
    status,
  });
}

export function replyLost(): KeyVaultCertificateError {
  return new KeyVaultCertificateError("KVC_OUTCOME_UNKNOWN", where, {
    request: exchange.request,
    outcomeUnknown: true,
    reason: "socket hang up",
  });
}

export function unreachable(): KeyVaultCertificateError {
  return new KeyVaultCertificateError("KVC_UNREACHABLE", where, {
    request: "GET /certificates/web",
    attempts: 3,
    reason: "ECONNRESET",
  });
}
