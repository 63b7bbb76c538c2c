import type { GridCell } from "./grid.ts";

/** What ranks cells. */
export type RankedCell = Pick<GridCell, "multiplier" | "standardError" | "dose"> & {
  readonly gain: { readonly mean: number } | null;
};

/**
 * The cell to try next: of those whose gain is within one standard error of the largest, the one with the smallest dose. Gains
 * that close cannot be told apart, and less steering harms less (the one-standard-error rule of Breiman, Friedman, Olshen and
 * Stone, Classification and Regression Trees, 1984). Where a dose is not known the multipliers are compared.
 * @param cells those that are still open
 * @param minGain cells that gain less are no candidates
 * @returns null when there is none
 */
export function nextCandidate<Cell extends RankedCell>(
  cells: readonly Cell[],
  minGain: number,
): Cell | null {
  const open = cells.filter(({ gain }) => gain !== null && gain.mean >= minGain);
  const best = largest(open, meanGain);
  if (best === null) {
    return null;
  }
  const near = open.filter((cell) => meanGain(cell) >= meanGain(best) - (best.standardError ?? 0));
  const known = near.every(({ dose }) => dose !== null);
  const strength = ({ dose, multiplier }: Cell): number =>
    (known ? dose : null) ?? Math.abs(multiplier);
  return largest(near, (cell) => -strength(cell));
}

const meanGain = ({ gain }: RankedCell): number => gain?.mean ?? Number.NEGATIVE_INFINITY;

/** Of equal ones the first. */
function largest<Value>(values: readonly Value[], size: (value: Value) => number): Value | null {
  return values.reduce<Value | null>(
    (best, next) => (best === null || size(next) > size(best) ? next : best),
    null,
  );
}
