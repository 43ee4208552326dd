import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import type { TestStack } from "../stack";

const running = new Set<ChildProcess>();
process.once("exit", () => running.forEach((child) => killTree(child)));

/** An `up` of the CLI that can be ended as a machine that goes down would. */
export class KillableUp {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  #text = "";

  constructor({ stack, command }: TestStack) {
    const { workDir, envVars, pulumiHome = "" } = stack.workspace;
    const args = ["up", "--yes", "--skip-preview", "--non-interactive", "--stack", stack.name];
    this.#child = spawn(command.command, args, {
      cwd: workDir,
      env: { ...process.env, ...envVars, PULUMI_HOME: pulumiHome },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(this.#child);
    for (const stream of [this.#child.stdout, this.#child.stderr])
      stream?.setEncoding("utf8").on("data", (part: string) => (this.#text += part));
    this.#ended = once(this.#child, "close").finally(() => running.delete(this.#child));
  }

  /** What it has shown so far. */
  get text(): string {
    return this.#text;
  }

  get isOver(): boolean {
    return !running.has(this.#child);
  }

  /** Ends the CLI and everything that it has started, at once and without a word to any of them. */
  async kill(): Promise<void> {
    killTree(this.#child);
    await this.#ended;
  }
}

function killTree({ pid }: ChildProcess): void {
  if (pid === undefined) return;
  for (const each of [pid, ...descendants(pid)]) {
    try {
      process.kill(each, "SIGKILL");
    } catch {
      // It has ended in the meantime.
    }
  }
}

/** The engine's plugins are in process groups of their own. */
function descendants(pid: number): number[] {
  const parents = execFileSync("ps", ["-A", "-o", "pid=,ppid="], { encoding: "utf8" })
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number));
  const below = (parent: number): number[] =>
    parents.flatMap(([child, of]) => (child !== undefined && of === parent ? [child, ...below(child)] : []));
  return below(pid);
}
