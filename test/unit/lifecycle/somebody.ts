import type { Emulator, RecordedRequest } from "keyvault-certificates-emulator";
import { ownerTag } from "../../../provider/lifecycle/ownership";
import type { CertificatePolicy } from "../../../provider/vault/model";
import { policyToWire } from "../../../provider/vault/policy";
import { certificateName } from "../build/certificate";

type Tags = Readonly<Record<string, string>>;

/** A certificate as the vault answers it. */
interface Stored {
  readonly id: string;
  readonly cer?: string;
  readonly tags?: Tags;
}

const path = `/certificates/${certificateName}`;

/** Whoever else works on the certificate: a stranger in the portal, another run, a proxy. */
export class Somebody {
  /** What was asked by hand, so that it can be told from the client's own. */
  readonly requests = new Set<RecordedRequest>();

  constructor(
    private readonly emulator: Emulator,
    private readonly token: string,
  ) {}

  /** A certificate that somebody orders at Self, and that is issued at once. */
  async issue(policy: CertificatePolicy, tags: Tags): Promise<void> {
    await this.#call("POST", `${path}/create`, { policy: policyToWire(policy), tags });
    while ((await this.certificate())?.cer === undefined) await new Promise(setImmediate);
  }

  /** Another owner's mark on the certificate, of the resource of that number. */
  async mark(owner: string): Promise<void> {
    const value = `owner=${owner}${owner} incarnation=0a1b2c3d generation=0123456789abcdef`;
    await this.#call("PATCH", path, { tags: { [ownerTag]: value } });
  }

  remove(): Promise<unknown> {
    return this.#call("DELETE", path);
  }

  async purge(): Promise<void> {
    await this.#call("DELETE", `/deletedcertificates/${certificateName}`);
  }

  async deleteRequest(): Promise<void> {
    await this.#call("DELETE", `${path}/pending`);
  }

  /** The last order ends as one that its issuer was told to stop. */
  cancelOrder(): Promise<void> {
    const order = this.emulator.control.orders().at(-1);
    if (order === undefined) throw new Error("nothing was ordered");
    this.emulator.control.endOrder(order.requestId, { outcome: "cancelled" });
    return Promise.resolve();
  }

  async merge(chainPem: string): Promise<void> {
    const x5c = [...chainPem.matchAll(/-----BEGIN CERTIFICATE-----([^-]+)-----END/g)].map(([, body]) =>
      (body ?? "").replaceAll(/\s/g, ""),
    );
    await this.#call("POST", `${path}/pending/merge`, { x5c });
  }

  /** The pending request is deleted, and another made. */
  async replaceRequest(policy: CertificatePolicy, tags: Tags): Promise<void> {
    await this.deleteRequest();
    await this.#call("POST", `${path}/create`, { policy: policyToWire(policy), tags });
  }

  /** The first order that did not get through is carried out after all, as by a proxy that nobody listens to any more. */
  async forwardLostOrder(): Promise<void> {
    const lost = this.emulator.control.requests().find(({ fault }) => fault !== undefined);
    await this.#call("POST", `${path}/create`, lost?.body as object);
    while ((await this.certificate())?.cer === undefined) await new Promise(setImmediate);
  }

  certificate(): Promise<Stored | undefined> {
    return this.#call("GET", path);
  }

  deleted(): Promise<Stored | undefined> {
    return this.#call("GET", `/deletedcertificates/${certificateName}`);
  }

  async #call(method: string, of: string, body?: object): Promise<Stored | undefined> {
    const before = this.emulator.control.requests().length;
    const reply = await fetch(`${this.emulator.url}${of}?api-version=2025-07-01`, {
      method,
      headers: { authorization: `Bearer ${this.token}`, "content-type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    for (const request of this.emulator.control.requests().slice(before)) this.requests.add(request);
    const text = await reply.text();
    if (reply.ok) return text === "" ? undefined : (JSON.parse(text) as Stored);
    if (method === "GET" && reply.status === 404) return undefined;
    throw new Error(`${method} ${of} was answered ${reply.status}: ${text}`);
  }
}
