import type { Finding } from "./finding";
import { isHeld, rowsOf, tableOf } from "./table";

const good: Finding = {
  fault: "reply lost",
  orders: 1,
  ups: 1,
  lost: 0,
  leftOver: 0,
  exposed: 0,
  processes: 0,
  remarks: [],
};

describe("the rows of the table", () => {
  test("hold the worst of orders and ups, and the sum of all else", () => {
    const [row] = rowsOf([
      [good],
      [{ ...good, orders: 2, ups: 0, lost: 1 }],
      [{ ...good, lost: 2, leftOver: 1 }],
    ]);
    expect(row).toEqual({
      fault: "reply lost",
      runs: 3,
      orders: 2,
      ups: 1,
      lost: 3,
      leftOver: 1,
      exposed: 0,
      processes: 0,
    });
  });

  test("count a trial once, however many certificates it has for a fault", () => {
    expect(rowsOf([[good, good]])[0]?.runs).toBe(1);
  });

  test("line up in Markdown", () => {
    const lines = tableOf(rowsOf([[good], [{ ...good, fault: "polling" }]])).split("\n");
    expect(lines).toHaveLength(4);
    expect(new Set(lines.map(({ length }) => length)).size).toBe(1);
    expect(lines[2]).toMatch(/^\| reply lost +\| 1 +\| 1 +\| 0 /);
  });
});

describe("a row is held", () => {
  test("with one order and one more up", () => {
    expect(isHeld(good)).toBe(true);
  });

  test.each<keyof Finding & ("orders" | "ups" | "lost" | "leftOver" | "exposed" | "processes")>([
    "orders",
    "ups",
    "lost",
    "leftOver",
    "exposed",
    "processes",
  ])("not with one more of %s", (name) => {
    expect(isHeld({ ...good, [name]: good[name] + 1 })).toBe(false);
  });
});
