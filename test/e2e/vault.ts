import {
  type Emulator,
  type OrderView,
  type RecordedRequest,
  startEmulator,
} from "keyvault-certificates-emulator";

const apiVersion = "2025-07-01";

/** A certificate as the vault itself answers it: what a test looks at beside the resource's outputs. */
export interface StoredCertificate {
  readonly id: string;
  readonly cer?: string;
  readonly attributes: { readonly enabled: boolean };
  readonly tags?: Readonly<Record<string, string>>;
  readonly policy?: {
    readonly issuer: { readonly name: string };
    readonly x509_props: { readonly validity_months: number };
    readonly lifetime_actions?: readonly unknown[];
  };
}

/** A vault of the emulator, and somebody with a token who works on it by hand. */
export class TestVault {
  #token: string | undefined;

  private constructor(readonly emulator: Emulator) {}

  /** Self is done after 300 ms and integrated issuers after 600, so that the first look of a wait finds the end. */
  static async start(): Promise<TestVault> {
    const emulator = await startEmulator();
    emulator.control.setIssuer("Self", { durationMs: 300 });
    emulator.control.setIssuer("ContosoCA", { durationMs: 600 });
    const vault = new TestVault(emulator);
    await vault.byHand("PUT", "/certificates/issuers/ContosoCA", { provider: "Contoso" });
    return vault;
  }

  get url(): string {
    return this.emulator.url;
  }

  get control(): Emulator["control"] {
    return this.emulator.control;
  }

  close(): Promise<void> {
    return this.emulator.close();
  }

  /** A call on the vault by hand. It is kept out of the log of the requests. */
  async byHand(
    method: string,
    path: string,
    body?: object,
  ): Promise<{ status: number; body: StoredCertificate }> {
    const before = this.control.requests().length;
    const reply = await fetch(`${this.url}${path}?api-version=${apiVersion}`, {
      method,
      headers: {
        authorization: `Bearer ${await this.#bearer()}`,
        "content-type": "application/json",
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    this.#ownCalls.push(...this.control.requests().slice(before));
    const text = await reply.text();
    return { status: reply.status, body: (text === "" ? {} : JSON.parse(text)) as StoredCertificate };
  }

  /** The certificate, or `undefined` where the vault answers 404. */
  async certificate(name: string): Promise<StoredCertificate | undefined> {
    const { status, body } = await this.byHand("GET", `/certificates/${name}`);
    return status === 200 ? body : undefined;
  }

  /** The id of the current version. */
  async version(name: string): Promise<string | undefined> {
    return (await this.certificate(name))?.id.split("/").at(-1);
  }

  /** Every order for that certificate, whatever became of it, oldest first. */
  orders(name: string): OrderView[] {
    return this.control.orders().filter(({ certificateName }) => certificateName === name);
  }

  /** Calls on the vault by everybody else, since the log was last cleared. */
  requests(): RecordedRequest[] {
    return this.control.requests().filter((request) => !this.#ownCalls.includes(request));
  }

  /** Those that were let in, as `POST /certificates/web/create 202`. */
  traffic(): string[] {
    return describeTraffic(this.requests());
  }

  readonly #ownCalls: RecordedRequest[] = [];

  async #bearer(): Promise<string> {
    if (this.#token !== undefined) return this.#token;
    const { identityEndpoint, identityHeader } = this.emulator;
    const query = new URLSearchParams({ resource: "https://vault.azure.net", "api-version": "2019-08-01" });
    const reply = await fetch(`${identityEndpoint}?${query.toString()}`, {
      headers: { "X-IDENTITY-HEADER": identityHeader },
    });
    const { access_token: token } = (await reply.json()) as { access_token: string };
    this.#token = token;
    return token;
  }
}

/** Requests that were let in, as `POST /certificates/web/create 202`, without the query. */
export function describeTraffic(requests: readonly RecordedRequest[]): string[] {
  return requests
    .filter(({ authorized }) => authorized)
    .map(({ method, path, status }) => `${method} ${path} ${status}`);
}
