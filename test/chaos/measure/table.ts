import type { Finding } from "./finding";

/** All trials of one fault. */
export interface Row {
  readonly fault: string;
  readonly runs: number;
  readonly orders: number;
  readonly lost: number;
  readonly leftOver: number;
  readonly ups: number;
  readonly exposed: number;
  readonly processes: number;
}

/** How many `up`s may follow one that was disturbed. */
const mostUps = 1;

const most = (values: readonly number[]): number => Math.max(0, ...values);
const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/**
 * One row for each fault, in the order in which the faults are first named: the worst of orders and `up`s, the sum of all else. The findings are given
 * trial by trial.
 */
export function rowsOf(trials: readonly (readonly Finding[])[]): Row[] {
  const findings = trials.flat();
  const faults = [...new Set(findings.map(({ fault }) => fault))];
  return faults.map((fault) => {
    const found = findings.filter((finding) => finding.fault === fault);
    const all = (value: (finding: Finding) => number) => found.map(value);
    return {
      fault,
      runs: trials.filter((trial) => trial.some((finding) => finding.fault === fault)).length,
      orders: most(all(({ orders }) => orders)),
      lost: sum(all(({ lost }) => lost)),
      leftOver: sum(all(({ leftOver }) => leftOver)),
      ups: most(all(({ ups }) => ups)),
      exposed: sum(all(({ exposed }) => exposed)),
      processes: sum(all(({ processes }) => processes)),
    };
  });
}

/** Nothing was lost, doubled, left over or shown, and one more `up` was enough. */
export const isHeld = ({
  orders,
  lost,
  leftOver,
  ups,
  exposed,
  processes,
}: Omit<Row, "fault" | "runs">): boolean =>
  orders <= 1 && lost === 0 && leftOver === 0 && ups <= mostUps && exposed === 0 && processes === 0;

const heads = [
  "fault",
  "runs",
  "most live orders per wanted version",
  "lost",
  "left over",
  "ups",
  "secrets shown",
  "processes left",
] as const;

/** The rows in Markdown, with columns that also line up where it is printed. */
export function tableOf(rows: readonly Row[]): string {
  const cells = rows.map((row) =>
    [row.fault, row.runs, row.orders, row.lost, row.leftOver, row.ups, row.exposed, row.processes].map(
      String,
    ),
  );
  const widths = heads.map((head, column) =>
    most([head, ...cells.map((row) => row[column] ?? "")].map(({ length }) => length)),
  );
  const line = (texts: readonly string[]) =>
    `| ${texts.map((text, column) => text.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(heads), line(widths.map((width) => "-".repeat(width))), ...cells.map(line)].join("\n");
}
