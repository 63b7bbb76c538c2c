import { CaaError } from "../errors/caa-error.ts";

/**
 * Quantile of values that are sorted upwards, linear between the order statistics: the value at index `p (n - 1)`.
 * @param sorted (n)
 * @param p in [0, 1]
 * @throws {CaaError} empty-selection without values; invalid-argument for p out of range
 * @example quantile([1, 2, 4], 0.75) // 3
 */
export function quantile(sorted: ArrayLike<number>, p: number): number {
  if (sorted.length === 0) {
    throw new CaaError("empty-selection", "quantile: expected at least one value, got none");
  }
  if (!(p >= 0 && p <= 1)) {
    throw new CaaError("invalid-argument", `quantile: expected p in [0, 1], got ${p}`);
  }
  const index = p * (sorted.length - 1);
  const below = sorted[Math.floor(index)] ?? Number.NaN;
  const above = sorted[Math.ceil(index)] ?? Number.NaN;
  return below + (above - below) * (index - Math.floor(index));
}
