/**
 * @typedef {object} Output what of a terminal or pipe is needed
 * @property {boolean} [isTTY]
 * @property {(text: string) => unknown} write
 */

/**
 * @typedef {object} Task
 * @property {(phase: string) => void} phase names what is being done now
 * @property {(line?: string) => void} end removes the live line; `line` is left in its place
 */

/**
 * Elapsed time for people: `42 s`, `2 min 05 s`.
 *
 * @param {number} ms
 * @returns {string}
 */
export function formatElapsed(ms) {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  return `${Math.floor(seconds / 60)} min ${String(seconds % 60).padStart(2, "0")} s`;
}

/**
 * Shows long work: on a terminal one live line with the elapsed time; elsewhere a line for each phase, and one every 30 seconds.
 *
 * @param {Output} output
 * @param {object} [options]
 * @param {AbortSignal} [options.signal] nothing more is shown once it is aborted
 * @param {() => number} [options.now] milliseconds
 * @param {(ms: number, action: () => void) => () => void} [options.every] gives the function that ends the repetition
 */
export function createProgress(output, { signal, now = () => performance.now(), every = repeat } = {}) {
  return {
    /** @param {string} text one line of its own, with nothing live below it */
    say: (text) => void output.write(`${text}\n`),
    /**
     * @param {string} title
     * @returns {Task}
     */
    begin: (title) => {
      const task = (output.isTTY ? liveTask : lineTask)({ output, now, every }, title);
      signal?.addEventListener("abort", () => task.end(), { once: true });
      return task;
    },
  };
}

/** @typedef {ReturnType<typeof createProgress>} Progress */

/** @typedef {{ output: Output, now: () => number, every: (ms: number, action: () => void) => () => void }} Context */

/**
 * @param {Context} context
 * @param {string} title
 * @returns {Task}
 */
function liveTask({ output, now, every }, title) {
  const startedAt = now();
  let current = "";
  const paint = () => output.write(`\r\x1b[K${title}${current}, ${formatElapsed(now() - startedAt)}`);
  paint();
  const stop = once(every(1000, paint));
  return {
    phase: (phase) => {
      current = `: ${phase}`;
      paint();
    },
    end: (line) => {
      if (stop()) output.write(line === undefined ? "\r\x1b[K" : `\r\x1b[K${line}\n`);
    },
  };
}

/**
 * @param {Context} context
 * @param {string} title
 * @returns {Task}
 */
function lineTask({ output, now, every }, title) {
  const startedAt = now();
  let current = title;
  const print = () => output.write(`  ${current}, ${formatElapsed(now() - startedAt)}\n`);
  output.write(`${title}\n`);
  const stop = once(every(30_000, print));
  return {
    phase: (phase) => {
      current = phase;
      print();
    },
    end: (line) => {
      if (stop() && line !== undefined) output.write(`${line}\n`);
    },
  };
}

/**
 * @param {number} ms
 * @param {() => void} action
 */
function repeat(ms, action) {
  const timer = setInterval(action, ms);
  timer.unref();
  return () => clearInterval(timer);
}

/**
 * @param {() => void} action
 * @returns {() => boolean} whether this was the first call, which does it
 */
function once(action) {
  let done = false;
  return () => {
    if (done) return false;
    done = true;
    action();
    return true;
  };
}
