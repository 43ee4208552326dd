import { type Emulator, startEmulator } from "keyvault-certificates-emulator";
import { Agent } from "undici";
import { operationOf } from "../../../provider/lifecycle/seen";
import type { Situation } from "../../../provider/lifecycle/situation";
import type { Run } from "../../../provider/lifecycle/steps/step";
import type { Deadline } from "../../../provider/lifecycle/tools";
import { createVaultClient, type VaultClient } from "../../../provider/vault/client";
import { csrPem } from "../../../provider/x509/csr";
import { TestAuthority } from "../../e2e/authority";
import { certificateName } from "../build/certificate";
import { testRun, type TestRun } from "../build/run";
import { Somebody } from "./somebody";

type Deed = () => Promise<void>;
/**
 * A vault of the emulator on a real socket, the provider's own client of it on a clock that moves only in waits, and somebody who works
 * on the vault meanwhile.
 */
export class DisturbedVault {
  readonly slept: number[] = [];
  readonly somebody: Somebody;
  readonly #client: VaultClient;
  readonly #agent = new Agent();
  #run: TestRun | undefined;
  #now = Date.now();
  #asleep: Promise<unknown> = Promise.resolve();
  #inWaits = new Map<number, Deed>();
  #inEachWait: Deed | undefined;
  #beforeCreate: Deed | undefined;
  #renewing: Deed | undefined;

  private constructor(
    private readonly emulator: Emulator,
    token: string,
    readonly challenge: Readonly<Record<string, string>>,
  ) {
    this.somebody = new Somebody(emulator, token);
    const expiresOnTimestamp = Date.now() + 10 * 86_400_000;
    let tokens = 0;
    this.#client = createVaultClient({
      vaultUrl: emulator.url,
      credential: {
        getToken: async () => {
          if (tokens > 0) await this.#renewing?.();
          return { token: (tokens += 1) === 1 ? token : await newToken(emulator), expiresOnTimestamp };
        },
      },
      dispatcher: this.#agent,
      clock: this.clock,
      sleep: this.sleep,
    });
  }

  static async start(): Promise<DisturbedVault> {
    const emulator = await startEmulator();
    emulator.control.setIssuer("Self", { durationMs: 0 });
    emulator.control.setTiming({ deleteMs: 0, recoverMs: 0, purgeMs: 0 });
    const { headers } = await fetch(`${emulator.url}/certificates/${certificateName}?api-version=2025-07-01`);
    emulator.control.clearRequests();
    const challenge = { "WWW-Authenticate": headers.get("www-authenticate") ?? "" };
    return new DisturbedVault(emulator, await newToken(emulator), challenge);
  }

  async close(): Promise<void> {
    await this.#agent.destroy();
    await this.emulator.close();
  }

  get url(): string {
    return this.emulator.url;
  }

  get control(): Emulator["control"] {
    return this.emulator.control;
  }

  readonly clock = (): number => this.#now;

  pass(ms: number): void {
    this.#now += ms;
  }

  /** What else happens in a wait is done when it ends. */
  readonly sleep = async (ms: number): Promise<void> => {
    const until = this.clock() + ms;
    this.slept.push(ms);
    const deed = this.#inWaits.get(this.slept.length) ?? this.#inEachWait;
    const done = this.#asleep.then(() => deed?.());
    this.#asleep = done;
    await done;
    this.#now = Math.max(this.#now, until);
  };

  /** What happens in the client's wait of that number, from 1. */
  inWait(number: number, deed: Deed): void {
    this.#inWaits.set(number, deed);
  }

  inEachWait(deed: Deed): void {
    this.#inEachWait = deed;
  }

  beforeCreate(deed: Deed): void {
    this.#beforeCreate = deed;
  }

  /** What happens while the credential is asked for another token. */
  whileRenewing(deed: Deed): void {
    this.#renewing = deed;
  }

  /** Resolves when another request of the client has been told to wait. */
  askedForPause(): Promise<void> {
    return new Promise((resolve) => {
      void this.#client.getCertificate("other", { onRetry: () => resolve() });
    });
  }

  run(option: Deadline["option"] = "create"): Run {
    const vault: VaultClient = {
      ...this.#client,
      createCertificate: async (...args) => {
        await this.#beforeCreate?.();
        return this.#client.createCertificate(...args);
      },
    };
    const run = testRun(vault, { option });
    this.#run = run;
    return { ...run, tools: { ...run.tools, clock: this.clock, sleep: this.sleep } };
  }

  get warnings(): readonly string[] {
    return this.#run?.warnings ?? [];
  }

  get progress(): readonly string[] {
    return this.#run?.progress ?? [];
  }

  endEngine(): void {
    this.#run?.endEngine();
  }

  /** How every order for the certificate stands, oldest first. */
  get orders(): string[] {
    return this.control.orders().map(({ status }) => status);
  }

  /** The client's requests that were let in, as `POST /certificates/web/create 202`. */
  traffic(): string[] {
    return this.control
      .requests()
      .filter((request) => request.authorized && !this.somebody.requests.has(request))
      .map(({ method, path: of, status }) => `${method} ${of} ${status}`);
  }

  sent(method: string): string[] {
    return this.traffic().filter((line) => line.startsWith(`${method} `));
  }

  /** The chain for the request that was seen, of a throw-away CA. */
  async sign(s: Situation): Promise<string> {
    const authority = await TestAuthority.create();
    return authority.sign(csrPem(operationOf(s)?.csr ?? ""));
  }
}

async function newToken({ identityEndpoint, identityHeader }: Emulator): Promise<string> {
  const query = new URLSearchParams({ resource: "https://vault.azure.net", "api-version": "2019-08-01" });
  const reply = await fetch(`${identityEndpoint}?${query.toString()}`, {
    headers: { "X-IDENTITY-HEADER": identityHeader },
  });
  return ((await reply.json()) as { access_token: string }).access_token;
}
