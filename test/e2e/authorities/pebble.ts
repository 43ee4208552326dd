import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { get } from "node:https";
import { createServer, type AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as pause } from "node:timers/promises";
import { guardFolder, startGuarded } from "../../../scripts/run/guarding.mjs";
import { LoopbackDns } from "./dns";
import { openssl } from "./openssl";

export { obtainPebble, type PebbleProgram } from "./pebble-program";

const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

interface Setting {
  readonly folder: string;
  /** To be called once the folder is gone. */
  readonly release: () => void;
  readonly dns: LoopbackDns;
  readonly apiPort: number;
  readonly managementPort: number;
  readonly httpPort: number;
}

/** An ACME CA on loopback: every host name is this machine, and http-01 challenges are looked for on a port of its own. */
export class Pebble {
  readonly #child: ChildProcess;
  readonly #setting: Setting;
  readonly #ended: Promise<unknown>;
  #log = "";

  private constructor(child: ChildProcess, setting: Setting) {
    this.#setting = setting;
    this.#child = child;
    running.add(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding("utf8").on("data", (part: string) => (this.#log += part));
    this.#ended = once(this.#child, "close").finally(() => running.delete(this.#child));
  }

  /** @param file see {@link obtainPebble} */
  static async start(file: string): Promise<Pebble> {
    const folder = mkdtempSync(join(tmpdir(), "pebble-"));
    const release = guardFolder(folder);
    const dns = await LoopbackDns.start();
    const [apiPort, managementPort, httpPort] = await freePorts();
    const setting = { folder, release, dns, apiPort, managementPort, httpPort };
    const child = await startGuarded(file, ["-config", configFile(setting), "-dnsserver", dns.address], {
      // Without delays, without nonces refused at random, each order with challenges of its own, and two intermediates, so that they have an order.
      env: {
        PEBBLE_VA_NOSLEEP: "1",
        PEBBLE_WFE_NONCEREJECT: "0",
        PEBBLE_AUTHZREUSE: "0",
        PEBBLE_CHAIN_LENGTH: "2",
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    const pebble = new Pebble(child, setting);
    try {
      await pebble.#ready();
    } catch (error) {
      await pebble.close();
      throw error;
    }
    return pebble;
  }

  get directoryUrl(): string {
    return `https://127.0.0.1:${this.#setting.apiPort}/dir`;
  }

  /** Where it looks for the answers to http-01 challenges. */
  get httpPort(): number {
    return this.#setting.httpPort;
  }

  /** A PEM file with what its own TLS address is to be trusted by, for `NODE_EXTRA_CA_CERTS`. */
  get trustedCertificates(): string {
    return join(this.#setting.folder, "tls.pem");
  }

  /** The root that its certificates lead to. PEM. Another one each time it starts. */
  root(): Promise<string> {
    return this.#read(`https://127.0.0.1:${this.#setting.managementPort}/roots/0`);
  }

  /** How many orders it has been given. */
  get orders(): number {
    return this.#log.match(/There are now \d+ orders in the db/g)?.length ?? 0;
  }

  /** The URLs at which it has looked for the answer to a challenge. */
  get validations(): string[] {
    return [...this.#log.matchAll(/Attempting to validate w\/ HTTP: (\S+)/g)].map(([, url = ""]) => url);
  }

  async close(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
    await this.#setting.dns.close();
    rmSync(this.#setting.folder, { recursive: true, force: true });
    this.#setting.release();
  }

  async #ready(): Promise<void> {
    const deadline = performance.now() + 20_000;
    for (;;) {
      const answer = await this.#read(this.directoryUrl).catch(String);
      if (answer.includes("newOrder")) return;
      if (this.#child.exitCode !== null || performance.now() > deadline)
        throw new Error(`pebble does not answer (${answer}); it says:\n${this.#log}`);
      await pause(50);
    }
  }

  async #read(url: string): Promise<string> {
    // A client that does not say its name is refused (RFC 8555 section 6.1).
    const headers = { "user-agent": "tests" };
    const request = get(url, { ca: readFileSync(this.trustedCertificates), headers, agent: false });
    const [response] = (await once(request, "response")) as [NodeJS.ReadableStream];
    return text(response);
  }
}

/** Writes the configuration, and a certificate for the API's own address. Gives the path of the first. */
function configFile({ folder, apiPort, managementPort, httpPort }: Setting): string {
  const [certificate, privateKey] = [join(folder, "tls.pem"), join(folder, "tls.key")];
  openssl([
    ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 30 -subj /CN=pebble".split(" "),
    ...["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", privateKey, "-out", certificate],
  ]);
  const path = join(folder, "pebble.json");
  const pebble = {
    listenAddress: `127.0.0.1:${apiPort}`,
    managementListenAddress: `127.0.0.1:${managementPort}`,
    certificate,
    privateKey,
    httpPort,
    keyAlgorithm: "ecdsa",
    profiles: { default: { description: "90 days", validityPeriod: 90 * 86_400 } },
  };
  writeFileSync(path, JSON.stringify({ pebble }));
  return path;
}

/** Three ports that nobody listens on: Pebble does not say which ones it got when it is told to choose. */
async function freePorts(): Promise<[number, number, number]> {
  const servers = [0, 1, 2].map(() => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const [first = 0, second = 0, third = 0] = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return [first, second, third];
}
