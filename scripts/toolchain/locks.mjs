import { createHash } from "node:crypto";
import { join } from "node:path";
import { formatElapsed } from "../run/progress.mjs";
import { withLock } from "./lock.mjs";

/**
 * @typedef {object} LockContext
 * @property {string} root of the workspace
 * @property {string} cache
 * @property {string} what what this process is doing, for those who wait
 * @property {import("../run/supervisor.mjs").Supervisor} supervisor
 * @property {import("../run/progress.mjs").Progress} progress
 */

/**
 * Does `work` while no other process of this user changes the cache.
 *
 * @template T
 * @param {LockContext} context
 * @param {() => Promise<T>} work
 */
export function withCacheLock(context, work) {
  return withNotice(join(context.cache, "cache.lock"), context, work);
}

/**
 * Does `work` while no other process changes what is installed or built in this checkout. The lock is not kept in the checkout:
 * installing dependencies empties node_modules.
 *
 * @template T
 * @param {LockContext} context
 * @param {() => Promise<T>} work
 */
export function withCheckoutLock(context, work) {
  const id = createHash("sha256").update(context.root).digest("hex").slice(0, 12);
  return withNotice(join(context.cache, `checkout-${id}.lock`), context, work);
}

/**
 * @template T
 * @param {string} file
 * @param {LockContext} context
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
async function withNotice(file, { what, supervisor, progress }, work) {
  /** @type {import("../run/progress.mjs").Task | undefined} */
  let waiting;
  const startedAt = performance.now();
  /** @param {import("./lock.mjs").Owner} owner */
  const onWait = (owner) => {
    waiting = progress.begin(`waiting for process ${owner.pid} (${owner.what}), which is at it already`);
  };
  return withLock(file, { what, onWait, supervisor }, () => {
    waiting?.end(`waited ${formatElapsed(performance.now() - startedAt)} for another process`);
    return work();
  });
}
