import type { Block, Cell, MeanSummary } from "@caa/eval";

export type TableBlock = Extract<Block, { readonly kind: "table" }>;

/** Cells of a test beyond which a table has one layer alone. */
const MAX_CELLS = 60;

/** A column of words. */
export const left = (title: string): { readonly title: string } => ({ title });

/** A column of figures. */
export const right = (title: string): { readonly title: string; readonly align: "right" } => ({
  title,
  align: "right",
});

/** All cells, or where they are many those of one layer; and which these are, in words. */
export function fewCells<Of extends { readonly settings: Pick<Cell["settings"], "layer"> }>(
  cells: readonly Of[],
  layer: number,
): readonly [cells: readonly Of[], which: string] {
  return cells.length <= MAX_CELLS
    ? [cells, "Every layer and multiplier"]
    : [
        cells.filter(({ settings }) => settings.layer === layer),
        `Layer ${layer} (${cells.length} cells in all)`,
      ];
}

/** `0.52 [0.48, 0.56]` */
export function formatMean(summary: MeanSummary | null, decimals: number): string {
  if (summary === null) {
    return "no score";
  }
  const { mean, bootstrap } = summary;
  const interval =
    bootstrap === null
      ? ""
      : ` [${bootstrap.low.toFixed(decimals)}, ${bootstrap.high.toFixed(decimals)}]`;
  return `${mean.toFixed(decimals)}${interval}`;
}
