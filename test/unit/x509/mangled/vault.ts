import { type Emulator, type RecordedRequest, startEmulator } from "keyvault-certificates-emulator";
import { isError, type KeyVaultCertificateError } from "../../../../provider/errors/error";
import { certificateProvider } from "../../../../provider/plugin/certificate-provider";
import { InitError } from "../../../../provider/plugin/init-error";
import { create, update } from "../../../../provider/plugin/online/online";
import type { PlainObject } from "../../../../provider/plugin/plain";
import { Session } from "../../../../provider/plugin/session";

/** A request that waits for its chain. */
export interface Request {
  readonly id: string;
  readonly name: string;
  readonly outs: PlainObject;
  /** DER in base64. */
  readonly csr: string;
}

/** What became of a chain. */
export interface Outcome {
  /** The outputs after a merge. */
  readonly merged: PlainObject | undefined;
  readonly refusal: KeyVaultCertificateError | undefined;
  /** What was thrown, where it is no failure of the provider's own table. */
  readonly other: unknown;
  /** Calls of the merge operation. */
  readonly merges: readonly RecordedRequest[];
  /** All that left the provider but the engine's own copy of the input: requests, log lines, outputs, errors. */
  readonly seen: string;
}

/** The provider's handlers in this process, credential and wire included, against an emulator over HTTP. */
export class Vault {
  #count = 0;

  private constructor(
    readonly emulator: Emulator,
    private readonly session: Session,
    /** What the engine was given to show. */
    private readonly lines: string[],
  ) {}

  static async start(): Promise<Vault> {
    const emulator = await startEmulator();
    // The identity library reads these two itself, from the process.
    process.env["IDENTITY_ENDPOINT"] = emulator.identityEndpoint;
    process.env["IDENTITY_HEADER"] = emulator.identityHeader;
    const lines: string[] = [];
    const log = ({ message }: { readonly message: string }): Promise<void> => {
      lines.push(message);
      return Promise.resolve();
    };
    const engine = { log, signal: new AbortController().signal };
    return new Vault(emulator, new Session({ ARM_USE_MSI: "true" }, engine), lines);
  }

  async stop(): Promise<void> {
    delete process.env["IDENTITY_ENDPOINT"];
    delete process.env["IDENTITY_HEADER"];
    await this.emulator.close();
  }

  /** A new certificate of issuer Unknown, whose CSR waits to be signed. */
  async request(): Promise<Request> {
    this.#count += 1;
    const name = `mangled-${this.#count}`;
    const { id, outs } = await create(this.#check(name).inputs, this.#online());
    const csr = (outs["csrPem"] as string).replaceAll(/-----[^-]+-----|\s/g, "");
    return { id, name, outs, csr };
  }

  /** What a preview says of the chain: it ends there, and nothing but these words leaves the process. */
  preview({ name, outs }: Request, chain: string | string[]): readonly string[] {
    return this.#check(name, outs, chain).failures.map(({ property, reason }) => `${property} ${reason}`);
  }

  /** What an `up` does whose program has gained the chain; also where its preview would have ended before. */
  async merge({ id, name, outs }: Request, chain: string | string[]): Promise<Outcome> {
    const { inputs } = this.#check(name, outs, chain);
    this.lines.length = 0;
    this.emulator.control.clearRequests();
    const ended: { outs?: PlainObject; error?: unknown } = await update(
      id,
      { olds: outs, news: inputs },
      this.#online(),
    ).catch((error: unknown) => ({ error }));
    const failure = ended.error instanceof InitError ? ended.error.cause : ended.error;
    const left = ended.error instanceof InitError ? ended.error.properties : ended.outs;
    const refusal = isError(failure) ? failure : undefined;
    const requests = this.emulator.control.requests();
    return {
      merged: ended.outs,
      refusal,
      other: refusal === undefined ? failure : undefined,
      merges: requests.filter(({ method, path }) => method === "POST" && path.endsWith("/pending/merge")),
      seen: [
        ...this.lines,
        JSON.stringify([requests, { ...left, chain: undefined }, refusal]),
        ...words(failure),
      ].join("\n"),
    };
  }

  #check(certificateName: string, olds: PlainObject = {}, chain?: string | string[]) {
    return certificateProvider().check(olds, {
      __owner: "0123456789abcdef",
      vaultUrl: this.emulator.url,
      certificateName,
      policy: {
        issuerName: "Unknown",
        subject: "CN=mangled.example",
        subjectAlternativeNames: { dnsNames: ["mangled.example"] },
        keyType: "EC",
        keyCurveName: "P-256",
      },
      ...(chain === undefined ? {} : { chain }),
    });
  }

  #online() {
    return { session: this.session, urn: undefined, holders: new Map<string, string>(), clock: Date.now };
  }
}

/** Message and stack of an error and of all its causes. */
function words(error: unknown): string[] {
  return error instanceof Error ? [error.message, error.stack ?? "", ...words(error.cause)] : [String(error)];
}
