import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { PluginClient } from "./plugin-client";
import type { Program } from "./programs";
import { loadSdk, type Sdk } from "./sdk";

export interface PluginSettings {
  readonly program: Program;
  /** The engine's address, as the plugin host passes it. */
  readonly engine: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** The stack's configuration, as `namespace:key`. Default: none. */
  readonly configuration?: Readonly<Record<string, string>>;
  /** The Node that runs it. Default: the one that runs the test. */
  readonly node?: string;
}

/** What a process wrote besides its port. */
export interface Output {
  readonly stdout: string;
  readonly stderr: string;
}

const startTimeoutMs = 15_000;

const running = new Set<PluginProcess>();
process.once("exit", () => running.forEach((plugin) => plugin.kill()));

/** The SDK's real process of dynamic providers, as the engine's plugin host starts it. */
export class PluginProcess {
  /** The exit code, once the process has ended and everything that it wrote has arrived; null after a signal. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #sdk: Sdk;
  #output = { stdout: "", stderr: "" };
  #rpc: PluginClient | undefined;

  private constructor({ program, engine, environment, node }: PluginSettings) {
    this.#sdk = loadSdk(program.sdkFolder);
    this.#child = spawn(node ?? process.execPath, [this.#sdk.script, engine], {
      cwd: program.folder,
      // Nothing of this machine's own identity or proxy.
      env: { PATH: process.env["PATH"], HOME: program.folder, ...environment },
    });
    running.add(this);
    this.#child.stdin.end();
    for (const stream of ["stdout", "stderr"] as const) {
      this.#child[stream].setEncoding("utf8").on("data", (text: string) => (this.#output[stream] += text));
    }
    this.ended = once(this.#child, "close").then(([code]) => {
      running.delete(this);
      this.#rpc?.close();
      return code as number | null;
    });
  }

  /** Starts it and configures it, as the engine does before any other call. */
  static async start(settings: PluginSettings): Promise<PluginProcess> {
    const plugin = new PluginProcess(settings);
    const port = await plugin.#port();
    plugin.#rpc = new PluginClient(plugin.#sdk, `127.0.0.1:${port}`);
    await plugin.rpc.configure(settings.configuration ?? {});
    return plugin;
  }

  /** The calls on it. */
  get rpc(): PluginClient {
    if (this.#rpc === undefined) throw new TypeError("the plugin process has not said its port");
    return this.#rpc;
  }

  /** What it has written so far. */
  get output(): Output {
    return this.#output;
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }

  /** Ends the process at once. */
  async stop(): Promise<Output> {
    this.kill();
    await this.ended;
    return this.#output;
  }

  /** The first line of its stdout. */
  async #port(): Promise<string> {
    const signal = AbortSignal.timeout(startTimeoutMs);
    const ended = this.ended.then((code) => {
      throw new Error(`the plugin process ended with ${code ?? "a signal"}: ${this.#output.stderr}`);
    });
    ended.catch(() => undefined);
    while (!this.#output.stdout.includes("\n")) {
      await Promise.race([once(this.#child.stdout, "data", { signal }), ended]);
    }
    const [port = ""] = this.#output.stdout.split("\n");
    this.#output = { ...this.#output, stdout: this.#output.stdout.slice(port.length + 1) };
    return port;
  }
}

/** Ends every process that a test has started and not stopped. */
export async function stopAllPlugins(): Promise<void> {
  await Promise.all([...running].map((plugin) => plugin.stop()));
}
