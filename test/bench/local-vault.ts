import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { OrderEnd, OrderView, RecordedRequest, Stats } from "keyvault-certificates-emulator";

const program = join(__dirname, "../../emulator/bin/keyvault-certificates-emulator.js");
const startTimeoutMs = 30_000;

/** The emulator in a process of its own, so that its work is not done by the process that runs the program. */
export class LocalVault {
  private constructor(
    readonly url: string,
    /** What `DefaultAzureCredential` finds its token with. */
    readonly identity: Readonly<Record<string, string>>,
    readonly process: ChildProcess,
  ) {}

  /** `folder`: for the file that says when it is ready. */
  static async start(folder: string): Promise<LocalVault> {
    const readyFile = join(folder, "vault-url");
    const args = [program, "--port", "0", "--ready-file", readyFile];
    // ts-node lets no CommonJS module require an ES module.
    const { startGuarded } = await import("../../scripts/run/guarding.mjs");
    const child = await startGuarded(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    process.once("exit", () => child.kill("SIGKILL"));
    let output = "";
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output += text));
    const url = await whenWritten(readyFile, child);
    const pairs = [...output.matchAll(/^\s*export ([A-Z_]+)=(\S+)$/gm)];
    const identity = Object.fromEntries(pairs.map(([, name = "", value = ""]) => [name, value]));
    return new LocalVault(url, identity, child);
  }

  async close(): Promise<void> {
    const ended = once(this.process, "exit");
    this.process.kill("SIGTERM");
    await ended;
  }

  /** How the issuer treats orders from now on. Without a duration it ends none by itself. */
  async setIssuer(name: string, durationMs?: number): Promise<void> {
    const settings = durationMs === undefined ? { outcome: "inProgress" } : { durationMs };
    await this.#control("PUT", `/issuers/${name}`, settings);
  }

  /** Ends an order that is in progress, now. */
  async endOrder(requestId: string, end: OrderEnd = { outcome: "completed" }): Promise<void> {
    await this.#control("PUT", `/orders/${requestId}`, end);
  }

  async orders(): Promise<OrderView[]> {
    return (await this.#control("GET", "/orders")) as OrderView[];
  }

  /** Since the log was last cleared. */
  async requests(): Promise<RecordedRequest[]> {
    return (await this.#control("GET", "/requests")) as RecordedRequest[];
  }

  async stats(): Promise<Stats> {
    return (await this.#control("GET", "/stats")) as Stats;
  }

  /** An empty vault with an empty log. */
  async reset(): Promise<void> {
    await this.#control("POST", "/reset");
  }

  /** Makes an integrated issuer, as an operator would have done before. */
  async addIssuer(name: string): Promise<void> {
    const token = new URL(this.identity["IDENTITY_ENDPOINT"] ?? "");
    token.search = "resource=https://vault.azure.net&api-version=2019-08-01";
    const headers = { "X-IDENTITY-HEADER": this.identity["IDENTITY_HEADER"] ?? "" };
    const { access_token: bearer } = (await read(await fetch(token, { headers }))) as {
      access_token: string;
    };
    await read(
      await fetch(`${this.url}/certificates/issuers/${name}?api-version=2025-07-01`, {
        method: "PUT",
        headers: { authorization: `Bearer ${bearer}`, "content-type": "application/json" },
        body: JSON.stringify({ provider: "Bench" }),
      }),
    );
  }

  async #control(method: string, path: string, body?: object): Promise<unknown> {
    const reply = await fetch(`${this.url}/emulator/control${path}`, {
      method,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return read(reply);
  }
}

async function read(reply: Response): Promise<unknown> {
  const text = await reply.text();
  if (!reply.ok) throw new Error(`the local vault answered ${reply.status} to ${reply.url}: ${text}`);
  return text === "" ? undefined : JSON.parse(text);
}

async function whenWritten(file: string, child: ChildProcess): Promise<string> {
  for (let waited = 0; waited < startTimeoutMs; waited += 50) {
    if (child.exitCode !== null)
      throw new Error(`the local vault ended with ${child.exitCode} before it was ready`);
    const text = textOf(file);
    if (text.endsWith("\n")) return text.trim();
    await sleep(50);
  }
  throw new Error(`the local vault was not ready within ${startTimeoutMs / 1000} s`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "";
  }
}
