import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { startGroup } from "./processes.mjs";

/** What the guard has been told and not yet told to forget: one that is started in place of another is told it again. @type {Set<string>} */
const held = new Set();

/** @type {import("node:child_process").ChildProcess | undefined} */
let guard;

/**
 * Sees to it that a process group ends with this process, even where this process is killed: SIGTERM at once, SIGKILL four seconds later.
 *
 * @param {number} pid of the leader
 * @returns {() => void} to be called once the group has ended
 */
export const guardGroup = (pid) => hold(`group ${pid}`);

/**
 * The same for a folder or file: it is removed, after the groups have ended.
 *
 * @param {string} path
 * @returns {() => void} to be called once it is gone
 */
export const guardFolder = (path) => hold(`folder ${JSON.stringify(path)}`);

/**
 * Starts a program as the leader of a guarded group.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {Promise<import("node:child_process").ChildProcess & { pid: number }>} once it runs
 * @throws the system's error (`ENOENT`, `EACCES`) when it cannot be started
 */
export async function startGuarded(command, args, options) {
  const child = await startGroup(command, args, options);
  child.once("exit", guardGroup(child.pid));
  return child;
}

/** @param {string} what */
function hold(what) {
  held.add(what);
  if (guard === undefined) guard = startGuard();
  else tell(`+${what}`);
  return () => {
    held.delete(what);
    tell(`-${what}`);
  };
}

/** @param {string} line */
function tell(line) {
  guard?.stdin?.write(`${line}\n`);
}

/** Without a guard everything still runs: whatever goes wrong with it is not told. */
function startGuard() {
  const child = spawn(process.execPath, [fileURLToPath(new URL("./guard.mjs", import.meta.url))], {
    stdio: ["pipe", "ignore", "ignore"],
    // Not of this process's group, which may be killed as a whole.
    detached: process.platform !== "win32",
    windowsHide: true,
    env: { ...process.env, NODE_OPTIONS: "" },
  });
  const forget = () => {
    if (guard === child) guard = undefined;
  };
  child.on("error", forget).on("exit", forget);
  child.stdin.on("error", forget);
  // Neither may keep this process alive.
  child.unref();
  /** @type {Partial<NodeJS.RefCounted>} */ (child.stdin).unref?.();
  for (const what of held) child.stdin.write(`+${what}\n`);
  return child;
}
