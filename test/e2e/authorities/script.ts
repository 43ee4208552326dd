import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";

export interface ScriptRun {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
}

const running = new Set<ChildProcessWithoutNullStreams>();
process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

/** A signer's command at work, as the provider starts it: without a shell, the CSR on stdin. */
export class Script {
  readonly ended: Promise<ScriptRun>;
  readonly #child: ChildProcessWithoutNullStreams;
  #stdout = "";
  #stderr = "";

  constructor(command: readonly [string, ...string[]], csr: string, env: Readonly<Record<string, string>>) {
    const [file, ...args] = command;
    // Nothing of this machine's proxies: an authority of these tests is on loopback.
    this.#child = spawn(file, args, { env: { PATH: process.env["PATH"], ...env } });
    running.add(this.#child);
    this.#child.stdout.setEncoding("utf8").on("data", (text: string) => (this.#stdout += text));
    this.#child.stderr.setEncoding("utf8").on("data", (text: string) => (this.#stderr += text));
    // A script that fails early does not read it.
    this.#child.stdin.on("error", () => undefined).end(csr);
    this.ended = once(this.#child, "close").then(([code]) => {
      running.delete(this.#child);
      return { stdout: this.#stdout, stderr: this.#stderr, code: code as number | null };
    });
  }

  /** Waits until stderr holds the text; rejects when the script ends without it. */
  async says(text: string): Promise<void> {
    const over = this.ended.then(({ stderr }) => {
      if (!stderr.includes(text)) throw new Error(`the script ended without "${text}":\n${stderr}`);
    });
    while (!this.#stderr.includes(text)) await Promise.race([once(this.#child.stderr, "data"), over]);
  }

  /** Ends it as a machine that goes down would. */
  async kill(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.ended;
  }
}

/** Runs a signer's command to its end. */
export function runScript(
  command: readonly [string, ...string[]],
  csr: string,
  env: Readonly<Record<string, string>>,
): Promise<ScriptRun> {
  return new Script(command, csr, env).ended;
}
