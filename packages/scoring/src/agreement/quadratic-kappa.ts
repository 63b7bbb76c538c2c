import { CaaError } from "@caa/core";

/**
 * Cohen's kappa with quadratic weights of two raters who scored the same items on an interval scale:
 * `1 - mean_i (a_i - b_i)^2 / mean_ij (a_i - b_j)^2`, which needs no list of categories and is what weights of
 * `(a - b)^2` on any equally spaced ones give. 1: the same scores; 0: as apart as if drawn independently.
 * @param a scores of one rater, (items)
 * @param b scores of the other, (items)
 * @returns null when both give every item one and the same score: nothing tells agreement from chance
 * @throws {CaaError} empty-selection without items; shape-mismatch; invalid-argument for NaN or infinity
 * @example quadraticKappa([1, 2, 3], [1, 2, 4]) // 0.842...
 */
export function quadraticKappa(a: readonly number[], b: readonly number[]): number | null {
  if (a.length !== b.length) {
    const message = `quadraticKappa: expected as many scores of both raters, got ${a.length} and ${b.length}`;
    throw new CaaError("shape-mismatch", message);
  }
  if (a.length === 0) {
    throw new CaaError("empty-selection", "quadraticKappa: expected items, got none");
  }
  if (![...a, ...b].every(Number.isFinite)) {
    throw new CaaError("invalid-argument", "quadraticKappa: expected finite scores");
  }
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = (values: readonly number[], center: number): number =>
    mean(values.map((value) => (value - center) ** 2));
  const [meanA, meanB] = [mean(a), mean(b)];
  const observed = mean(a.map((value, i) => (value - (b[i] ?? Number.NaN)) ** 2));
  // mean_ij (a_i - b_j)^2, without the loop over pairs
  const expected = variance(a, meanA) + variance(b, meanB) + (meanA - meanB) ** 2;
  return expected === 0 ? null : 1 - observed / expected;
}
