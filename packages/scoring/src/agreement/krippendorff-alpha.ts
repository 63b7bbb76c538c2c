import { CaaError } from "@caa/core";

/** How far two values are apart: not at all or entirely; by what lies between them in rank; by their difference. */
export type MeasurementLevel = "nominal" | "ordinal" | "interval";

/** More distinct values than any scale of scores has; the table of pairs grows with the square. */
const MAX_VALUES = 2000;

/**
 * Krippendorff's alpha: `1 - D_o / D_e`, the disagreement within items over that between any two scores, for any number of
 * raters, with gaps. 1: all agree; 0: as apart as if scores were dealt out at random; below 0: worse than that.
 * @param ratings a row a rater, (raters, items); null where a rater gave no score. Items with fewer than two scores do
 *   not count
 * @param level of the distance. @default "interval"
 * @returns null when no item has two scores, or all scores are the same
 * @throws {CaaError} shape-mismatch for rows of different lengths; invalid-argument for NaN or infinity, or more than
 *   2000 distinct values
 * @see Krippendorff, K. (2011). Computing Krippendorff's Alpha-Reliability.
 */
export function krippendorffAlpha(
  ratings: readonly (readonly (number | null)[])[],
  level: MeasurementLevel = "interval",
): number | null {
  const items = pairableItems(ratings);
  const values = [...new Set(items.flat())].sort((a, b) => a - b);
  if (values.length > MAX_VALUES) {
    const message = `krippendorffAlpha: expected at most ${MAX_VALUES} distinct scores, got ${values.length}`;
    throw new CaaError("invalid-argument", message);
  }
  const indexOf = new Map(values.map((value, index) => [value, index]));
  const totals = values.map(() => 0); // n_c: scores of each value
  for (const value of items.flat()) {
    const index = indexOf.get(value) ?? 0;
    totals[index] = (totals[index] ?? 0) + 1;
  }
  const distance = distances(values, totals, level);
  let observed = 0; // sum over items of sum over pairs / (m - 1)
  for (const item of items) {
    const indices = item.map((value) => indexOf.get(value) ?? 0);
    let sum = 0;
    for (const c of indices) {
      for (const k of indices) {
        sum += distance(c, k);
      }
    }
    observed += sum / (item.length - 1);
  }
  let expected = 0;
  for (const [c, n] of totals.entries()) {
    for (const [k, m] of totals.entries()) {
      expected += n * m * distance(c, k);
    }
  }
  const n = items.reduce((sum, item) => sum + item.length, 0);
  return expected === 0 ? null : 1 - ((n - 1) * observed) / expected;
}

/** The scores of every item that has at least two. */
function pairableItems(
  ratings: readonly (readonly (number | null)[])[],
): readonly (readonly number[])[] {
  const length = ratings[0]?.length ?? 0;
  const other = ratings.find((row) => row.length !== length);
  if (other !== undefined) {
    const message = `krippendorffAlpha: expected rows of ${length} items, got ${other.length}`;
    throw new CaaError("shape-mismatch", message);
  }
  const items = Array.from({ length }, (_, item) =>
    ratings.flatMap((row) => {
      const value = row[item] ?? null;
      return value === null ? [] : [value];
    }),
  );
  if (!items.flat().every(Number.isFinite)) {
    throw new CaaError("invalid-argument", "krippendorffAlpha: expected finite scores or null");
  }
  return items.filter((item) => item.length >= 2);
}

/** Squared distance of two values by their indices in the sorted list. */
function distances(
  values: readonly number[],
  totals: readonly number[],
  level: MeasurementLevel,
): (c: number, k: number) => number {
  if (level === "nominal") {
    return (c, k) => (c === k ? 0 : 1);
  }
  // ordinal: the middle rank of each value, (sum of n below) + n_c / 2
  let below = 0;
  const places =
    level === "interval"
      ? values
      : totals.map((total) => {
          below += total;
          return below - total / 2;
        });
  return (c, k) => ((places[c] ?? 0) - (places[k] ?? 0)) ** 2;
}
