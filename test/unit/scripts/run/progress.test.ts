import { createProgress, formatElapsed } from "../../../../scripts/run/progress.mjs";

/** A progress on a clock of its own: `tick` lets seconds pass and then does what is repeated. */
function show(options: { isTTY?: boolean; signal?: AbortSignal } = {}) {
  const written: string[] = [];
  const repeated = new Set<() => void>();
  let now = 0;
  const every = (_ms: number, action: () => void) => {
    repeated.add(action);
    return () => void repeated.delete(action);
  };
  const tick = (seconds: number) => {
    now += seconds * 1000;
    for (const action of repeated) action();
  };
  const output = { isTTY: options.isTTY ?? false, write: (text: string) => written.push(text) };
  const { signal } = options;
  const progress = createProgress(output, { now: () => now, every, ...(signal && { signal }) });
  return { progress, tick, written };
}

describe("elapsed time", () => {
  test.each([
    [0, "0 s"],
    [59_999, "59 s"],
    [60_000, "1 min 00 s"],
    [125_400, "2 min 05 s"],
  ])("of %d ms reads %s", (ms, text) => {
    expect(formatElapsed(ms)).toBe(text);
  });
});

describe("progress", () => {
  test("is a line for each phase and each half minute, where there is no terminal", () => {
    const { progress, tick, written } = show();
    const task = progress.begin("building");
    task.phase("compiling");
    tick(30);
    task.end("built");
    tick(30);
    expect(written).toEqual(["building\n", "  compiling, 0 s\n", "  compiling, 30 s\n", "built\n"]);
  });

  test("is one live line on a terminal, and leaves none behind", () => {
    const { progress, tick, written } = show({ isTTY: true });
    const task = progress.begin("building");
    tick(61);
    task.phase("compiling");
    task.end();
    expect(written).toEqual([
      "\r\x1b[Kbuilding, 0 s",
      "\r\x1b[Kbuilding, 1 min 01 s",
      "\r\x1b[Kbuilding: compiling, 1 min 01 s",
      "\r\x1b[K",
    ]);
  });

  test("ends once, and with the interruption of the process", () => {
    const abort = new AbortController();
    const { progress, tick, written } = show({ isTTY: true, signal: abort.signal });
    const task = progress.begin("building");
    abort.abort();
    tick(1);
    task.end("built");
    expect(written).toEqual(["\r\x1b[Kbuilding, 0 s", "\r\x1b[K"]);
  });
});
