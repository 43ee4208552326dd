import { QueueHint } from "../../../provider/plugin/queue-hint";

/** What is said while `count` creates of `takesMs` each go through an engine with that many slots. */
function saidFor(count: number, slots: number, takesMs = 5000): (string | undefined)[] {
  let now = 0;
  const hint = new QueueHint(() => now);
  const running: { until: number; end: () => void }[] = [];
  return Array.from({ length: count }, () => {
    const first = running.length >= slots ? running.shift() : undefined;
    if (first !== undefined) {
      now = Math.max(now, first.until);
      first.end();
      now += 20;
    }
    const begun = hint.begin();
    running.push({ until: now + takesMs, end: begun.end });
    return begun.hint;
  });
}

const told = (lines: (string | undefined)[]) => lines.filter((line) => line !== undefined);

describe("creates that queue in the engine", () => {
  test("are told of once, with how many run at once and what helps", () => {
    expect(told(saidFor(40, 8))).toEqual([
      "creates queue: the engine runs 8 at once, and each waits for its issuer; `pulumi up --parallel 100` lets them wait together",
    ]);
  });

  test.each([
    ["all of them fit", 8, 8],
    ["there are hardly more than fit", 10, 8],
    ["one runs after the other, as each depends on the one before", 10, 1],
    ["the parallelism is high already", 300, 100],
  ])("are not told of where %s", (_, count, slots) => {
    expect(told(saidFor(count, slots))).toEqual([]);
  });

  test("are not told of where none takes long", () => {
    expect(told(saidFor(100, 8, 500))).toEqual([]);
  });

  test("are not told of where each begins long after another has ended", () => {
    let now = 0;
    const hint = new QueueHint(() => now);
    hint.begin();
    const lines = Array.from({ length: 10 }, () => {
      const begun = hint.begin();
      now += 5000;
      begun.end();
      now += 5000;
      return begun.hint;
    });
    expect(told(lines)).toEqual([]);
  });
});
