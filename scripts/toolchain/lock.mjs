import { readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { systemCode } from "./error.mjs";

/** @typedef {{ pid: number, host: string, what: string, token: string }} Owner */

/** The lock file is touched this often by its owner. */
const heartbeatMs = 5_000;

/** A lock whose file was not touched for so long, while we watched, is nobody's: its owner's pid may belong to another program now. */
const staleAfterMs = 60_000;

/**
 * Does `work` while no other process on this machine does work under the same lock file. The lock of a dead process is broken.
 *
 * @template T
 * @param {string} file in a directory that exists
 * @param {object} options
 * @param {string} options.what for those who wait: what is being done, as in `npm test in /home/a/project`
 * @param {(owner: Owner) => void} options.onWait called once, when another process holds the lock
 * @param {import("../run/supervisor.mjs").Supervisor} options.supervisor gives the lock back when this process is interrupted
 * @param {number} [options.pollMs] default 250
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withLock(file, { what, onWait, supervisor, pollMs = 250 }, work) {
  const owner = {
    pid: process.pid,
    host: hostname(),
    what,
    token: `${process.pid}-${Date.now()}-${Math.random()}`,
  };
  const watch = createWatch(performance.now.bind(performance));
  let waits = false;
  while (!tryAcquire(file, owner)) {
    const holder = readLock(file);
    if (holder === undefined) continue;
    if (isStale(holder.owner, watch(holder), { host: owner.host, isAlive })) {
      breakLock(file, holder);
    } else if (!waits && holder.owner !== undefined) {
      waits = true;
      onWait(holder.owner);
    }
    await sleep(pollMs, undefined, { signal: supervisor.signal });
  }
  const release = supervisor.atEnd(() => releaseLock(file, owner));
  const beat = setInterval(() => touch(file), heartbeatMs);
  beat.unref();
  try {
    return await work();
  } finally {
    clearInterval(beat);
    release();
  }
}

/**
 * Whether a lock may be broken: its owner is known to be dead, or has not touched it for a minute.
 *
 * @param {Owner | undefined} owner undefined while the file is being written, or was left half-written
 * @param {number} unchangedMs how long we have seen the file untouched
 * @param {{ host: string, isAlive: (pid: number) => boolean }} here
 * @returns {boolean}
 */
export function isStale(owner, unchangedMs, here) {
  if (unchangedMs >= staleAfterMs) return true;
  return owner !== undefined && owner.host === here.host && !here.isAlive(owner.pid);
}

/**
 * Measures by our own clock how long a file stays untouched: after a suspension of the machine, or with the clock of a file server,
 * the age of its timestamp says nothing.
 *
 * @param {() => number} now milliseconds
 * @returns {(seen: { touched: number }) => number} milliseconds since `touched` was first seen with this value
 */
export function createWatch(now) {
  /** @type {{ touched: number, since: number } | undefined} */
  let last;
  return ({ touched }) => {
    if (last?.touched !== touched) last = { touched, since: now() };
    return now() - last.since;
  };
}

/**
 * @param {string} file
 * @param {Owner} owner
 * @returns {boolean} whether the lock is ours now
 */
function tryAcquire(file, owner) {
  try {
    writeFileSync(file, JSON.stringify(owner), { flag: "wx" });
    return true;
  } catch (error) {
    if (systemCode(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * @param {string} file
 * @returns {{ owner: Owner | undefined, text: string, touched: number } | undefined} undefined when there is no lock
 */
function readLock(file) {
  try {
    const touched = statSync(file).mtimeMs;
    const text = readFileSync(file, "utf8");
    return { owner: parseOwner(text), text, touched };
  } catch (error) {
    if (systemCode(error) === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * @param {string} text
 * @returns {Owner | undefined}
 */
function parseOwner(text) {
  try {
    const owner = JSON.parse(text);
    return Number.isInteger(owner?.pid) ? owner : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Removes a lock that was found stale. Only one waiter at a time may look again and remove: otherwise a slow one would remove the
 * lock that a quick one has just taken.
 *
 * @param {string} file
 * @param {{ text: string }} stale the lock that was judged
 */
export function breakLock(file, stale) {
  const guard = `${file}.breaking`;
  try {
    writeFileSync(guard, "", { flag: "wx" });
  } catch {
    // Left by a waiter that died within these few lines.
    if (Date.now() - (statSync(guard, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) > staleAfterMs) {
      rmSync(guard, { force: true });
    }
    return;
  }
  try {
    if (readLock(file)?.text === stale.text) rmSync(file, { force: true });
  } finally {
    rmSync(guard, { force: true });
  }
}

/**
 * @param {string} file
 * @param {Owner} owner
 */
function releaseLock(file, owner) {
  if (readLock(file)?.owner?.token === owner.token) rmSync(file, { force: true });
}

/** @param {string} file */
function touch(file) {
  const now = new Date();
  try {
    utimesSync(file, now, now);
  } catch {
    // Broken by another process while this one was suspended: `release` looks whose it is.
  }
}

/** @param {number} pid */
function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return systemCode(error) === "EPERM";
  }
}
