import { meanWithIntervals } from "@caa/core";
import { SMALL_CHANGE } from "../effects/item-moves.ts";
import type { MeasuredCell } from "./grid.ts";

/** What ranks cells. */
export type RankedCell = Pick<MeasuredCell, "layer" | "multiplier" | "dose" | "gains"> & {
  readonly gain: { readonly mean: number } | null;
};

/**
 * The cell to try next: of those that are as good as the one of the largest gain the one with the smallest dose, since less steering
 * harms less. As good is a gain within 0.01, and at the same layer one that differs, item by item, by no more than one standard
 * error of that difference (the one-standard-error rule of Breiman, Friedman, Olshen and Stone, Classification and Regression Trees,
 * 1984; paired, since the items are the same). Other layers are not given that room: a layer that merely cannot be told from the best
 * is more often a worse one. Where a dose is not known the multipliers are compared.
 * @param cells those that are still open, of the same items
 * @param minGain cells that gain less are no candidates
 * @returns null when there is none
 */
export function nextCandidate<Cell extends RankedCell>(
  cells: readonly Cell[],
  minGain: number,
): Cell | null {
  const open = cells.filter((cell) => meanGain(cell) >= minGain);
  const best = largest(open, meanGain);
  if (best === null) {
    return null;
  }
  const near = open
    .filter((cell) => isAsGood(cell, best))
    .toSorted((a, b) => meanGain(b) - meanGain(a));
  const known = near.every(({ dose }) => dose !== null);
  const strength = ({ dose, multiplier }: Cell): number =>
    (known ? dose : null) ?? Math.abs(multiplier);
  return largest(near, (cell) => -strength(cell));
}

function isAsGood(cell: RankedCell, best: RankedCell): boolean {
  if (meanGain(best) - meanGain(cell) <= SMALL_CHANGE) {
    return true;
  }
  const differences = best.gains.flatMap((gain, i) => {
    const less = cell.gains[i] ?? null;
    return gain === null || less === null ? [] : [gain - less];
  });
  if (cell.layer !== best.layer || differences.length === 0) {
    return false;
  }
  const { mean, standardError } = meanWithIntervals(differences, { resamples: 100 });
  return mean <= (standardError ?? 0);
}

const meanGain = ({ gain }: RankedCell): number => gain?.mean ?? Number.NEGATIVE_INFINITY;

/** Of equal ones the first. */
function largest<Value>(values: readonly Value[], size: (value: Value) => number): Value | null {
  return values.reduce<Value | null>(
    (best, next) => (best === null || size(next) > size(best) ? next : best),
    null,
  );
}
