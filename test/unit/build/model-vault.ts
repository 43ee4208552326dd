import { X509Certificate } from "node:crypto";
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
import { conflict, refused } from "./model-errors";
import { ModelName, type Stage } from "./model-name";
import { answered } from "./model-policy";
import { type Behaviour, ModelRequest } from "./model-request";
import { sleep } from "./sleep";

export type Method = Exclude<keyof VaultClient, "vaultUrl">;

/** A version, and the policy that it was made from. */
export interface ModelVersion {
  readonly bundle: CertificateBundle;
  readonly madeFrom: CertificatePolicy;
}

interface Making {
  readonly tags: Readonly<Record<string, string>>;
  readonly enabled: boolean;
  readonly policy: CertificatePolicy;
  readonly cer?: string | undefined;
}

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
    writeMs: 0,
    deletionLooks: 2,
    recoveryLevel: "Recoverable+Purgeable",
  };
  /** Every request that was ever accepted. */
  readonly requests: ModelRequest[] = [];
  /** Sees each write of the client before it is carried out; what it returns sees that it was. */
  onWrite: (method: Method) => () => void = () => () => undefined;

  pending: ModelRequest | undefined;
  policySet: CertificatePolicy | undefined;
  hasPending = false;
  readonly #name = new ModelName(this.behaviour, () => this.#clear());
  #versions: ModelVersion[] = [];
  #placeholder: CertificateBundle | undefined;
  #ids = 0;
  #materials = 0;
  readonly #faults: { method: Method; fault: () => void; after: boolean }[] = [];

  constructor(private readonly materials: readonly Material[]) {}

  /** The next call of that method throws; `after` it was carried out, as where only the reply was lost. */
  fail(method: Method, error: Error, { after = false } = {}): void {
    const fault = () => {
      throw error;
    };
    this.#faults.push({ method, after, fault });
  }

  /** Something happens right before the next call of that method. */
  before(method: Method, happens: () => void): void {
    this.#faults.push({ method, after: false, fault: happens });
  }

  /** What was planned and has not come is not to come any more. */
  forgetFaults(): void {
    this.#faults.length = 0;
  }

  count(method: Method): number {
    return this.calls.filter((call) => call === method).length;
  }

  get stage(): Stage {
    return this.#name.stage;
  }

  set stage(stage: Stage) {
    this.#name.stage = stage;
  }

  /** The version that stands, for whoever looks into the vault itself. */
  get current(): CertificateBundle | undefined {
    return this.stage === "live" ? this.#stored : undefined;
  }

  /** What has the name, deleted or not. */
  get stored(): CertificateBundle | undefined {
    return this.#stored;
  }

  get currentVersion(): ModelVersion | undefined {
    return this.stage === "live" ? this.#versions.at(-1) : undefined;
  }

  get versions(): number {
    return this.#versions.length;
  }

  get policy(): CertificatePolicy | undefined {
    return this.policySet && answered(this.policySet);
  }

  /** A version that was made elsewhere. */
  seed(tags: Readonly<Record<string, string>>, policy: CertificatePolicy): void {
    this.policySet = policy;
    this.#addVersion(this.#material(policy), { tags, enabled: true, policy });
  }

  /** What becomes of a request while nobody looks. */
  end(outcome: Exclude<Behaviour["outcome"], "never">): void {
    const { pending } = this;
    if (pending === undefined) throw new Error("there is no request");
    if (pending.end(outcome)) this.#complete(pending);
  }

  getCertificate(_name: string, options?: CallOptions): Promise<CertificateBundle | undefined> {
    return this.#call("getCertificate", options, () => {
      if (this.stage === "beingRecovered") this.#name.pass();
      const { current, policy, hasPending } = this;
      return current && { ...current, ...(policy && { policy }), hasPending };
    });
  }

  getCertificateVersion(_name: string, version: string): Promise<CertificateBundle | undefined> {
    return this.#call(
      "getCertificateVersion",
      undefined,
      () => this.#versions.find(({ bundle }) => bundle.version === version)?.bundle,
    );
  }

  listVersions() {
    return this.#call("listVersions", undefined, () =>
      this.#versions.map(({ bundle: { name, version, enabled, tags } }) => ({
        name,
        version,
        enabled,
        tags,
      })),
    );
  }

  createCertificate(
    _name: string,
    { policy, enabled = true, tags = {} }: CreateCertificateParameters,
    options?: CallOptions,
  ): Promise<CertificateOperation> {
    return this.#write("createCertificate", options, () => this.request({ policy, enabled, tags }));
  }

  /** As `createCertificate`, by whoever it is. */
  request({ policy, enabled, tags }: Omit<Making, "cer">): CertificateOperation {
    this.#name.demandLive();
    if (this.pending?.inProgress === true) throw conflict("pendingInProgress");
    const order = { requestId: this.#id(), material: this.#material(policy), policy, tags, enabled };
    const request = new ModelRequest(order, this.behaviour);
    this.policySet = policy;
    this.hasPending = true;
    this.pending = request;
    this.requests.push(request);
    if (this.#versions.length === 0) this.#placeholder = { ...this.#bundle(tags), enabled: false };
    return { ...request.operation };
  }

  updateCertificate(
    _name: string,
    version: string | undefined,
    { enabled, tags }: CertificateProperties,
    options?: CallOptions,
  ): Promise<CertificateBundle> {
    return this.#write("updateCertificate", options, () => {
      const older = this.#versions.find(({ bundle }) => bundle.version === version)?.bundle;
      const current = version === undefined || this.current?.version === version ? this.current : older;
      if (this.current === undefined || current === undefined) throw refused("KVC_NOT_FOUND", 404);
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
      if (pending?.look() === true) this.#complete(pending);
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
      pending?.cancel();
      return pending && { ...pending.operation };
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
      this.deletePending();
      return { ...pending.operation };
    });
  }

  /** As `deleteOperation`, by whoever it is. */
  deletePending(): void {
    if (this.pending?.inProgress === true) this.pending.detached = true;
    this.pending = undefined;
    this.hasPending = false;
  }

  mergeCertificate(
    _name: string,
    parameters: MergeCertificateParameters,
    options?: CallOptions,
  ): Promise<CertificateBundle> {
    return this.#write("mergeCertificate", options, () => this.merge(parameters));
  }

  /** As `mergeCertificate`, by whoever it is. */
  merge({ x5c, enabled = true, tags }: MergeCertificateParameters): CertificateBundle {
    const { pending, policy } = this;
    if (pending === undefined || this.stage !== "live") throw refused("KVC_NOT_FOUND", 404);
    const [cer] = x5c;
    pending.merge(cer);
    const { order } = pending;
    const making = { policy: order.policy, tags: tags ?? order.tags, enabled, cer };
    return { ...this.#addVersion(order.material, making), ...(policy && { policy }), hasPending: true };
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
      if (this.policySet === undefined || this.stage !== "live") throw refused("KVC_NOT_FOUND", 404);
      this.policySet = { ...this.policySet, ...policy };
      return answered(this.policySet);
    });
  }

  deleteCertificate(_name: string, options?: CallOptions): Promise<DeletedCertificate | undefined> {
    return this.#write("deleteCertificate", options, () => {
      const { current } = this;
      if (current === undefined) return undefined;
      this.#name.delete();
      return this.#deleted(current);
    });
  }

  getDeletedCertificate(_name: string, options?: CallOptions): Promise<DeletedCertificate | undefined> {
    return this.#call("getDeletedCertificate", options, () => {
      if (this.stage === "live") return undefined;
      if (this.stage !== "beingRecovered") this.#name.pass();
      const stored = this.#stored;
      return this.#name.deletedShows && stored !== undefined ? this.#deleted(stored) : undefined;
    });
  }

  recoverDeletedCertificate(_name: string, options?: CallOptions): Promise<CertificateBundle | undefined> {
    return this.#write("recoverDeletedCertificate", options, () =>
      this.#name.recover() ? this.#stored : undefined,
    );
  }

  purgeDeletedCertificate(_name: string, options?: CallOptions): Promise<void> {
    return this.#write("purgeDeletedCertificate", options, () => this.#name.purge());
  }

  /** As after a delete that has ended, by whoever it is. */
  deleteNow(): void {
    this.#name.delete();
    this.stage = "deleted";
  }

  /** As after a purge that has ended, by whoever it is. */
  clear(): void {
    this.stage = "live";
    this.#clear();
  }

  get #stored(): CertificateBundle | undefined {
    return this.#versions.at(-1)?.bundle ?? this.#placeholder;
  }

  #deleted(bundle: CertificateBundle): DeletedCertificate {
    const deletedOn = Math.floor(Date.now() / 1000);
    return { ...bundle, hasPending: this.hasPending, deletedOn, scheduledPurgeOn: deletedOn + 90 * 86_400 };
  }

  #clear(): void {
    if (this.pending?.inProgress === true) this.pending.detached = true;
    this.pending = undefined;
    this.#versions = [];
    this.#placeholder = undefined;
    this.policySet = undefined;
    this.hasPending = false;
  }

  #complete({ order }: ModelRequest): void {
    this.#addVersion(order.material, order);
  }

  #addVersion(material: Material, { tags, enabled, policy, cer }: Making): CertificateBundle {
    const content = cer ?? material.selfSigned;
    const bundle = { ...this.#bundle(tags), cer: content, ...validity(content), enabled };
    this.#versions.push({ bundle, madeFrom: policy });
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

  #pendingOf(requestId: string | undefined): ModelRequest | undefined {
    if (this.stage !== "live") return undefined;
    const { pending } = this;
    return requestId === undefined || pending?.operation.requestId === requestId ? pending : undefined;
  }

  /** One with a key of the curve that the policy asks for, as far as there is one. */
  #material({ keyCurveName }: CertificatePolicy): Material {
    const fitting = this.materials.filter(({ keys }) => keys.kind === keyCurveName);
    const some = fitting.length === 0 ? this.materials : fitting;
    const material = some[this.#materials % some.length];
    if (material === undefined) throw new Error("the vault was given no material");
    this.#materials += 1;
    return material;
  }

  #id(): string {
    this.#ids += 1;
    return this.#ids.toString(16).padStart(32, "0");
  }

  async #write<T>(method: Method, options: CallOptions | undefined, act: () => T): Promise<T> {
    const { writeMs } = this.behaviour;
    // Not sent, and nothing to find out about, where the run is given up meanwhile.
    if (writeMs > 0) await sleep(writeMs, options?.signal);
    await options?.lookAgain?.();
    return this.#call(method, options, () => {
      options?.beforeWrite?.();
      const carriedOut = this.onWrite(method);
      const result = act();
      carriedOut();
      return result;
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

/** As the service gives it: Unix seconds. */
function validity(cer: string): Pick<CertificateBundle, "notBefore" | "expiresOn"> {
  const { validFrom, validTo } = new X509Certificate(Buffer.from(cer, "base64"));
  return { notBefore: Date.parse(validFrom) / 1000, expiresOn: Date.parse(validTo) / 1000 };
}
