export interface Column {
  readonly title: string;
  /** @default "left" */
  readonly align?: "left" | "right";
}

/** Rows as lines of text with aligned columns, two blanks apart; every line ends in a line break. */
export function formatTable(
  columns: readonly Column[],
  rows: ReadonlyArray<readonly string[]>,
): string {
  const lines = [columns.map((column) => column.title), ...rows];
  const widths = columns.map((_, index) =>
    Math.max(...lines.map((line) => [...(line[index] ?? "")].length)),
  );
  return lines
    .map((line) =>
      columns
        .map((column, index) => {
          const cell = line[index] ?? "";
          const blanks = " ".repeat((widths[index] ?? 0) - [...cell].length);
          return column.align === "right" ? blanks + cell : cell + blanks;
        })
        .join("  ")
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}
