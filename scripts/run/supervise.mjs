import { constants } from "node:os";
import { Supervisor } from "./supervisor.mjs";

export { Interrupted, Supervisor } from "./supervisor.mjs";

/**
 * Runs the work of a command-line program under a supervisor and ends the process with its exit code: the one that `work` returns;
 * 1 after `report` of what it threw; 128 + n after signal n. SIGINT, SIGTERM and SIGHUP end the children first; a second one, a
 * second later or more (npm passes on what the terminal has already sent), ends them at once.
 *
 * @param {(supervisor: Supervisor) => Promise<number>} work
 * @param {(error: unknown) => void} report
 * @returns {Promise<never>}
 */
export async function supervise(work, report) {
  const supervisor = new Supervisor();
  process.on("exit", () => supervisor.closeNow());
  const interrupted = onSignals(supervisor);
  const worked = work(supervisor).catch((error) => {
    if (!supervisor.signal.aborted) report(error);
    return 1;
  });
  const code = await Promise.race([interrupted, worked]);
  // Children that are being ended may let the work come to its end first.
  if (supervisor.signal.aborted) return process.exit(await interrupted);
  await supervisor.close();
  return process.exit(code);
}

/**
 * @param {Supervisor} supervisor
 * @returns {Promise<number>} the exit code, once a signal has come and all is cleaned up; never, without one
 */
function onSignals(supervisor) {
  return new Promise((resolve) => {
    /** @type {number | undefined} */
    let first;
    /** @param {NodeJS.Signals} signal */
    const handle = (signal) => {
      const code = 128 + constants.signals[signal];
      const now = performance.now();
      if (first !== undefined) {
        if (now - first >= 1000) process.exit(code);
        return;
      }
      first = now;
      process.stderr.write(`\n${signal}: ending what was started\n`);
      void supervisor.close().then(() => resolve(code));
    };
    for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, handle);
  });
}
