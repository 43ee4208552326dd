import { createPublicKey, X509Certificate } from "node:crypto";
import type { CertificateOperation, CertificatePolicy } from "../../../provider/vault/model";
import type { Material } from "./materials";
import { refused } from "./model-errors";
import { isManual } from "./model-policy";

/** How the vault's issuers behave. */
export interface Behaviour {
  /** Looks at a request until it ends. */
  looks: number;
  outcome: "completed" | "failed" | "cancelled" | "never";
  /** "refused" with 403, "unsupported" with 400; "ignored" is accepted and never carried out. */
  cancellation: "honoured" | "ignored" | "refused" | "unsupported";
  /** Looks until a cancellation that is honoured shows. */
  cancellationLooks: number;
  /** The status that a request in progress shows. */
  status: string;
  /** How long a write waits before it is carried out, as where the vault throttles: milliseconds. */
  writeMs: number;
  /** Looks at a deleted name until the deletion, recovery or purge has ended. */
  deletionLooks: number;
  recoveryLevel: string;
}

/** What a request is made of. */
interface Order {
  readonly requestId: string;
  readonly material: Material;
  readonly policy: CertificatePolicy;
  readonly tags: Readonly<Record<string, string>>;
  readonly enabled: boolean;
}

/** A request at an issuer, also after its pending object has been deleted from the vault. */
export class ModelRequest {
  readonly operation: CertificateOperation;
  looksLeft: number;
  outcome: Behaviour["outcome"];
  /** Its pending object was deleted while it was in progress: the issuer may go on. */
  detached = false;

  constructor(
    readonly order: Order,
    private readonly behaviour: Behaviour,
  ) {
    const { policy, material, requestId } = order;
    this.operation = {
      issuerName: policy.issuerName,
      csr: material.csr,
      cancellationRequested: false,
      status: behaviour.status,
      statusDetails: "Pending certificate created.",
      requestId,
    };
    this.looksLeft = behaviour.looks;
    this.outcome = isManual(policy.issuerName) ? "never" : behaviour.outcome;
  }

  get inProgress(): boolean {
    return this.operation.status.toLowerCase() === "inprogress";
  }

  /** One look brings it on. True where it has just given a certificate. */
  look(): boolean {
    if (!this.inProgress || this.outcome === "never") return false;
    this.looksLeft -= 1;
    return this.looksLeft <= 0 && this.end(this.outcome);
  }

  end(outcome: Exclude<Behaviour["outcome"], "never">): boolean {
    this.operation.status = outcome;
    if (outcome === "failed")
      this.operation.error = { code: "Request rejected", message: "the domain is not validated" };
    if (outcome === "completed") delete this.operation.statusDetails;
    return outcome === "completed";
  }

  cancel(): void {
    const { cancellation, cancellationLooks } = this.behaviour;
    if (cancellation === "unsupported") throw refused("KVC_BAD_REQUEST", 400);
    if (!this.inProgress || cancellation === "refused") throw refused("KVC_NOT_CANCELLABLE", 403);
    this.operation.cancellationRequested = true;
    if (cancellation !== "honoured") return;
    this.outcome = "cancelled";
    this.looksLeft = cancellationLooks;
  }

  /** @throws where the service refuses the merge. */
  merge(leaf: string | undefined): void {
    if (this.operation.status.toLowerCase() === "completed") throw refused("KVC_NOT_CANCELLABLE", 403);
    if (this.inProgress && !isManual(this.operation.issuerName)) throw refused("KVC_MERGE_FORBIDDEN", 403);
    if (leaf === undefined || !answers(leaf, this.order.material)) throw refused("KVC_BAD_REQUEST", 400);
    delete this.operation.error;
    this.end("completed");
  }
}

/** The certificate (DER in base64) is for the key of that material. */
export function answers(leafBase64: string, { keys }: Material): boolean {
  const { publicKey } = new X509Certificate(Buffer.from(leafBase64, "base64"));
  return publicKey.equals(createPublicKey(keys.node));
}
