import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";

const windows = process.platform === "win32";

/**
 * Starts a program as the leader of a process group of its own, so that all it starts can be ended with it, and so that a Ctrl-C of
 * the terminal reaches it only through us.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import("node:child_process").SpawnOptions} options
 * @returns {Promise<import("node:child_process").ChildProcess & { pid: number }>} once it runs
 * @throws the system's error (`ENOENT`, `EACCES`) when it cannot be started
 */
export async function startGroup(command, args, options) {
  const child = spawn(command, [...args], { ...options, detached: !windows, windowsHide: true });
  await once(child, "spawn");
  return /** @type {import("node:child_process").ChildProcess & { pid: number }} */ (child);
}

/**
 * Sends a signal to each process of a group. Windows has neither groups nor signals: there the process tree is ended.
 *
 * @param {number} pid of the leader
 * @param {NodeJS.Signals} signal
 */
export function signalGroup(pid, signal) {
  if (windows) {
    spawnSync("taskkill", ["/pid", String(pid), "/T", "/F"], { stdio: "ignore" });
    return;
  }
  try {
    process.kill(-pid, signal);
  } catch {
    // The group is gone: what was wanted.
  }
}

/**
 * @param {number} pid of the leader, which may have ended before the others
 * @returns {boolean} whether any process of the group is left; always false on Windows
 */
export function isGroupAlive(pid) {
  if (windows) return false;
  try {
    process.kill(-pid, 0);
  } catch {
    return false;
  }
  return process.platform !== "linux" || !existsSync("/proc/self/stat") || hasRunningMember(pid);
}

/**
 * A process that has ended stays in its group until its parent has asked for its exit code; in a container, the one with pid 1 may
 * take its time over that, or never do it.
 *
 * @param {number} group
 */
function hasRunningMember(group) {
  return readdirSync("/proc").some((name) => {
    if (!/^\d+$/.test(name)) return false;
    // `pid (name) state ppid pgrp …`; the name may hold anything.
    const [state, , pgrp] = readStat(name)
      .replace(/^.*\) /s, "")
      .split(" ");
    return Number(pgrp) === group && state !== "Z";
  });
}

/** @param {string} pid */
function readStat(pid) {
  try {
    return readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return "";
  }
}

/**
 * Ends a group: each signal in turn, with `graceMs` for each to work, and SIGKILL at last.
 *
 * @param {number} pid of the leader
 * @param {readonly NodeJS.Signals[]} signals
 * @param {number} graceMs
 * @returns {Promise<void>} when no process of the group is left
 */
export async function endGroup(pid, signals, graceMs) {
  for (const signal of signals) {
    signalGroup(pid, signal);
    if (await isGoneWithin(pid, graceMs)) return;
  }
  signalGroup(pid, "SIGKILL");
  await isGoneWithin(pid, 1000);
}

/**
 * @param {number} pid
 * @param {number} limitMs
 */
async function isGoneWithin(pid, limitMs) {
  const deadline = performance.now() + limitMs;
  while (isGroupAlive(pid)) {
    if (performance.now() > deadline) return false;
    await sleep(20);
  }
  return true;
}
