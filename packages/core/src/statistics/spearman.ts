import { checkSameLength } from "../vectors/check.ts";
import { average, checkValues } from "./check.ts";

/**
 * Spearman's rank correlation, in [-1, 1]: Pearson's correlation of the ranks, equal values sharing their mean rank.
 * Null when one of the two does not vary, as with a single value: there is no order to compare.
 * @param x (n)
 * @param y (n)
 * @throws {CaaError} empty-selection without values; shape-mismatch; invalid-argument for a number that is not finite
 * @example spearman([1, 2, 3], [10, 100, 1000]) // 1
 */
export function spearman(x: readonly number[], y: readonly number[]): number | null {
  checkSameLength("spearman", x, y);
  checkValues("spearman", x);
  checkValues("spearman", y);
  const a = centeredRanks(x);
  const b = centeredRanks(y);
  const product = (p: readonly number[], q: readonly number[]): number =>
    p.reduce((sum, value, i) => sum + value * (q[i] ?? 0), 0);
  const spread = Math.sqrt(product(a, a) * product(b, b)); // exact for equal orders
  return spread === 0 ? null : Math.max(-1, Math.min(1, product(a, b) / spread));
}

/** Ranks from 1 with ties at their mean, less the mean rank. */
function centeredRanks(values: readonly number[]): readonly number[] {
  const sorted = values.map((value, index) => ({ value, index })).sort((p, q) => p.value - q.value);
  const ranks = values.map(() => 0);
  for (let start = 0; start < sorted.length;) {
    const tied = sorted[start]?.value;
    let end = start + 1;
    while (end < sorted.length && sorted[end]?.value === tied) {
      end++;
    }
    for (const { index } of sorted.slice(start, end)) {
      ranks[index] = (start + 1 + end) / 2;
    }
    start = end;
  }
  const middle = average(ranks);
  return ranks.map((rank) => rank - middle);
}
