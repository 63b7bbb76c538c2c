import type { CellKey, PublishedCell } from "../published/table.ts";
import { bandOf, type RunConditions } from "./band.ts";

/** A figure of ours, in the published unit. */
export interface MeasuredCell extends CellKey {
  readonly value: number;
  /** Items that it is the mean of. */
  readonly n: number;
}

export type Verdict = "inside" | "outside" | "no band" | "not measured";

export interface ComparedCell extends PublishedCell {
  readonly ours: number | null;
  readonly n: number | null;
  /** Ours less the published one. */
  readonly difference: number | null;
  /** How far apart they may be, without what rounding takes; null where nothing says. */
  readonly band: number | null;
  readonly verdict: Verdict;
  /** Why there is no band or no figure; null where there is a verdict. */
  readonly reason: string | null;
}

/** What is equal for one and the same figure. */
export function keyOf({ type, behavior, multiplier, systemPrompt, trained }: CellKey): string {
  return JSON.stringify([type, behavior, multiplier, systemPrompt, trained]);
}

/**
 * Each published figure beside ours. It is inside where `|ours - published| <= band + rounding`, with `rounding` half a
 * unit of the last published digit.
 * @param missing why a figure that was not measured is missing, in words
 */
export function compareCells(
  published: readonly PublishedCell[],
  measured: readonly MeasuredCell[],
  run: RunConditions,
  missing: (cell: CellKey) => string,
): readonly ComparedCell[] {
  const found = new Map(measured.map((cell) => [keyOf(cell), cell]));
  return published.map((cell) => {
    const band = bandOf(cell, run);
    const width = "width" in band ? band.width : null;
    const ours = found.get(keyOf(cell));
    if (ours === undefined) {
      const nothing = { ours: null, n: null, difference: null };
      return { ...cell, ...nothing, band: width, verdict: "not measured", reason: missing(cell) };
    }
    const difference = ours.value - cell.value;
    const inside = width !== null && Math.abs(difference) <= width + cell.rounding;
    return {
      ...cell,
      ours: ours.value,
      n: ours.n,
      difference,
      band: width,
      verdict: width === null ? "no band" : inside ? "inside" : "outside",
      reason: "none" in band ? band.none : null,
    };
  });
}
