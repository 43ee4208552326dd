/** One line of the table. */
export interface Figure {
  readonly figure: string;
  readonly target: string;
  readonly measured: string;
  readonly held: boolean;
}

const heads = ["figure", "target", "measured", "held"] as const;

/** A table in Markdown whose columns also line up where it is printed. */
export function tableOf(figures: readonly Figure[]): string {
  const rows = figures.map(({ figure, target, measured, held }) => [
    figure,
    target,
    measured,
    held ? "yes" : "NO",
  ]);
  const widths = heads.map((head, column) =>
    Math.max(head.length, ...rows.map((row) => row[column]?.length ?? 0)),
  );
  const line = (cells: readonly string[]) =>
    `| ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(" | ")} |`;
  return [line(heads), line(widths.map((width) => "-".repeat(width))), ...rows.map(line)].join("\n");
}
