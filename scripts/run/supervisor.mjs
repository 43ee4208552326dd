import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { guardFolder, guardGroup } from "./guarding.mjs";
import { endGroup, isGroupAlive, signalGroup, startGroup } from "./processes.mjs";

/**
 * @typedef {object} ChildOptions
 * @property {string} [cwd]
 * @property {Record<string, string | undefined>} [env] default: this process's
 * @property {"inherit" | "capture" | import("node:child_process").StdioOptions} [stdio] default "capture": output is collected and shown to nobody
 * @property {readonly NodeJS.Signals[]} [stopSignals] asked to end with these, one after the other; default SIGTERM.
 *   The Pulumi CLI cancels at the first SIGINT or SIGTERM and terminates at the second
 * @property {number} [graceMs] time for each of them to work, before SIGKILL; default 5000
 */

/**
 * @typedef {object} Finished
 * @property {number | null} code
 * @property {NodeJS.Signals | null} signal
 * @property {string} stdout "" unless captured
 * @property {string} stderr "" unless captured
 */

/**
 * @typedef {object} Child
 * @property {number} pid
 * @property {import("node:child_process").ChildProcess} process
 * @property {Promise<Finished>} finished when it and all that it started have ended; never rejects
 * @property {() => Promise<Finished>} stop
 */

/** Thrown by whatever was under way when a signal came; nobody need report it. */
export class Interrupted extends Error {
  constructor() {
    super("interrupted");
    this.name = "Interrupted";
  }
}

/**
 * Owns child processes and temporary directories: whatever happens, none of them outlives it. A process of its own, the guard, sees to that where this
 * one is killed without a word.
 */
export class Supervisor {
  /** @type {Set<Child>} */
  #children = new Set();
  /** @type {Set<() => void>} */
  #cleanups = new Set();
  #abort = new AbortController();

  /**
   * Aborted, with {@link Interrupted} as its reason, as soon as the end begins.
   *
   * @returns {AbortSignal}
   */
  get signal() {
    return this.#abort.signal;
  }

  /**
   * Starts a program that goes on running: await `finished`, or `stop()` it.
   *
   * @param {string} command
   * @param {readonly string[]} args
   * @param {ChildOptions} [options]
   * @returns {Promise<Child>}
   */
  async start(command, args, options = {}) {
    this.signal.throwIfAborted();
    const { stopSignals = ["SIGTERM"], graceMs = 5000, stdio = "capture", ...rest } = options;
    const child = await startGroup(command, args, { ...rest, stdio: stdioOf(stdio) });
    const release = guardGroup(child.pid);
    const finished = finish(child, stopSignals, graceMs, stdio === "capture");
    const stop = async () => {
      await endGroup(child.pid, stopSignals, graceMs);
      return finished;
    };
    const entry = { pid: child.pid, process: child, finished, stop };
    this.#children.add(entry);
    void finished.then(() => {
      release();
      this.#children.delete(entry);
    });
    return entry;
  }

  /**
   * Runs a program to its end.
   *
   * @param {string} command
   * @param {readonly string[]} args
   * @param {ChildOptions & { timeoutMs?: number }} [options] it is stopped after `timeoutMs`; default: never
   * @returns {Promise<Finished>} whatever its exit code
   * @throws {Interrupted} when it was ended because of a signal to this process
   */
  async run(command, args, { timeoutMs, ...options } = {}) {
    const child = await this.start(command, args, options);
    const limit = timeoutMs === undefined ? undefined : setTimeout(() => void child.stop(), timeoutMs);
    const result = await child.finished;
    clearTimeout(limit);
    this.signal.throwIfAborted();
    return result;
  }

  /**
   * A new empty directory, removed at the end.
   *
   * @param {string} [parent] made when missing; default: the system's directory for temporary files
   * @param {string} [prefix]
   * @returns {string}
   */
  temporaryDirectory(parent = tmpdir(), prefix = "keyvault-certificates-") {
    this.signal.throwIfAborted();
    mkdirSync(parent, { recursive: true });
    const directory = mkdtempSync(join(parent, prefix));
    this.removeAtEnd(directory);
    return directory;
  }

  /**
   * Has a file or directory removed at the end; it need not be there yet.
   *
   * @param {string} path absolute
   */
  removeAtEnd(path) {
    const release = guardFolder(path);
    this.atEnd(() => {
      rmSync(path, { recursive: true, force: true, maxRetries: 3 });
      release();
    });
  }

  /**
   * Has a step done at the end, after all children have ended; the last one given is done first. It must be synchronous, so that it
   * also works while the process exits. Where the process is killed it is not done.
   *
   * @param {() => void} cleanup
   * @returns {() => void} does it now instead
   */
  atEnd(cleanup) {
    this.#cleanups.add(cleanup);
    return () => {
      if (this.#cleanups.delete(cleanup)) cleanup();
    };
  }

  /** Ends all children, each in its own way, then cleans up. Further calls do nothing more. */
  async close() {
    this.#abort.abort(new Interrupted());
    await Promise.all([...this.#children].map((child) => child.stop()));
    this.#cleanUp();
  }

  /** The same at once, for the last moment of the process: SIGKILL, no waiting. */
  closeNow() {
    this.#abort.abort(new Interrupted());
    for (const child of this.#children) signalGroup(child.pid, "SIGKILL");
    this.#cleanUp();
  }

  #cleanUp() {
    for (const cleanup of [...this.#cleanups].reverse()) {
      this.#cleanups.delete(cleanup);
      try {
        cleanup();
      } catch (error) {
        process.stderr.write(`could not clean up: ${String(error)}\n`);
      }
    }
  }
}

/**
 * No child gets the terminal's input: outside our session, reading it would fail.
 *
 * @param {NonNullable<ChildOptions["stdio"]>} stdio
 * @returns {import("node:child_process").StdioOptions}
 */
function stdioOf(stdio) {
  if (stdio === "capture") return ["ignore", "pipe", "pipe"];
  return stdio === "inherit" ? ["ignore", "inherit", "inherit"] : stdio;
}

/**
 * @param {import("node:child_process").ChildProcess & { pid: number }} child
 * @param {readonly NodeJS.Signals[]} stopSignals
 * @param {number} graceMs
 * @param {boolean} capture
 * @returns {Promise<Finished>}
 */
async function finish(child, stopSignals, graceMs, capture) {
  const output = { stdout: "", stderr: "" };
  if (capture) {
    child.stdout?.setEncoding("utf8").on("data", (text) => (output.stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text) => (output.stderr += text));
  }
  child.on("error", () => {});
  // "close" waits for every holder of the pipes, so what the program left behind must be ended at its "exit".
  const closed = new Promise((resolve) => child.once("close", resolve));
  await new Promise((resolve) => child.once("exit", resolve));
  if (isGroupAlive(child.pid)) await endGroup(child.pid, stopSignals, graceMs);
  await closed;
  return { code: child.exitCode, signal: child.signalCode, ...output };
}
