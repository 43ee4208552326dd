import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout as sleep } from "node:timers/promises";
import { type Running, signalGroup } from "./group";
import { guardGroup } from "./guarding";

/** Between SIGTERM and SIGKILL: enough to take back what a CA's challenge has put up. */
const killGraceMs = 5000;
/** How long what an ended command has left running may still write: the `tee` of `exec > >(tee log)` does. */
const drainMs = 2000;
/** How long pipes are waited for once nobody of the group is left. */
const closeMs = 1000;
const longestTimerMs = 2 ** 31 - 1;

/** One run of a program. */
export interface CommandSpec {
  readonly command: readonly [string, ...string[]];
  readonly env: Record<string, string>;
  readonly folder: string;
  readonly stdin: string;
  readonly limitMs: number;
  readonly longestOutputBytes: number;
  readonly signal: AbortSignal;
  readonly onStderr: (chunk: Uint8Array) => void;
}

/** Why a command was not left to end by itself. */
type StopReason = "timedOut" | "tooMuchOutput" | "aborted";

interface Exit {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** How a run ended. */
export type CommandEnd =
  | { readonly kind: StopReason }
  | { readonly kind: "notStarted"; readonly code: string }
  | (Exit & { readonly kind: "exited"; readonly stdout: Uint8Array });

type Child = Running<ChildProcessWithoutNullStreams>;

/**
 * Runs a program without a shell, in a session and process group of its own: it has no terminal to ask on, and Ctrl-C does not reach it.
 * Resolves once the whole group has ended: at the latest `limitMs`, 5 s for SIGTERM and one for its pipes after the start.
 */
export async function runCommand(spec: CommandSpec): Promise<CommandEnd> {
  const child = await start(spec);
  if (typeof child === "string") return { kind: "notStarted", code: child };
  const stop = new AbortController();
  const stopFor = (reason: StopReason) => {
    stop.abort(reason);
  };
  const timer = setTimeout(stopFor, Math.min(spec.limitMs, longestTimerMs), "timedOut");
  const abort = () => stopFor("aborted");
  spec.signal.addEventListener("abort", abort, { once: true });
  if (spec.signal.aborted) abort();
  child.once("exit", () => clearTimeout(timer));
  const release = guardGroup(child.pid);
  try {
    const output = connect(child, spec, () => stopFor("tooMuchOutput"));
    const exit = await ending(child, stop.signal);
    if (exit === undefined || stop.signal.aborted) return { kind: stop.signal.reason as StopReason };
    return { kind: "exited", ...exit, stdout: Buffer.concat(output) };
  } finally {
    clearTimeout(timer);
    spec.signal.removeEventListener("abort", abort);
    release();
  }
}

/** The process, or the code of what kept it from starting. */
async function start({ command, env, folder }: CommandSpec): Promise<Child | string> {
  const [program, ...args] = command;
  try {
    const child = spawn(program, args, {
      cwd: folder,
      env,
      shell: false,
      detached: process.platform !== "win32",
      windowsHide: true,
    });
    if (child.pid === undefined) return codeOf((await once(child, "error"))[0]);
    child.on("error", () => undefined);
    return child as Child;
  } catch (error) {
    return codeOf(error);
  }
}

/** Only the code: the message of Node may quote an argument or a value of the environment. */
function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  return code ?? "an unknown error";
}

/** Gives the chunks of stdout, which go on growing until the command ends. */
function connect(child: Child, spec: CommandSpec, tooMuch: () => void): Buffer[] {
  const chunks: Buffer[] = [];
  let length = 0;
  child.stdout.on("data", (chunk: Buffer) => {
    length += chunk.length;
    if (length <= spec.longestOutputBytes) {
      chunks.push(chunk);
      return;
    }
    child.stdout.destroy();
    tooMuch();
  });
  child.stderr.on("data", spec.onStderr);
  // EPIPE, from a command that has no use for the CSR: how it ends tells the rest.
  child.stdin.on("error", () => undefined);
  child.stdin.end(spec.stdin);
  return chunks;
}

/** Waits for the end, brings it about once `stop` is aborted, and leaves nobody of the group running. */
async function ending(child: Child, stop: AbortSignal): Promise<Exit | undefined> {
  let exit: Exit | undefined;
  const exited = new Promise<void>((resolve) => {
    child.once("exit", (exitCode, signal) => {
      exit = { exitCode, signal };
      resolve();
    });
  });
  const closed = new Promise<void>((resolve) => child.once("close", () => resolve()));
  const stopped = new Promise<void>((resolve) => {
    if (stop.aborted) resolve();
    stop.addEventListener("abort", () => resolve(), { once: true });
  });
  await Promise.race([exited, stopped]);
  if (!stop.aborted) await within(drainMs, Promise.race([closed, stopped]));
  if (stop.aborted) {
    signalGroup(child, "SIGTERM");
    await within(killGraceMs, closed);
  }
  signalGroup(child, "SIGKILL");
  await within(closeMs, closed);
  // Held open by a process that has left the group: it is not waited for.
  for (const stream of [child.stdin, child.stdout, child.stderr]) stream.destroy();
  return exit;
}

async function within(ms: number, promise: Promise<void>): Promise<void> {
  await Promise.race([promise, sleep(ms, undefined, { ref: false })]);
}
