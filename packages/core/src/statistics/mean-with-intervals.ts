import { checkValues, type Interval } from "./check.ts";
import { type MeanOptions, meanOfStrata } from "./mean-of-strata.ts";
import { studentTQuantile } from "./student-t.ts";

/** A mean with what is known of its error. Null where one value alone says nothing of the spread. */
export interface MeanWithIntervals {
  readonly mean: number;
  readonly n: number;
  /** Standard deviation of the mean, `s / sqrt(n)` with n - 1 in `s`. */
  readonly standardError: number | null;
  /** Student's t interval, `mean ± t standardError`. */
  readonly t: Interval | null;
  /** Bootstrap interval, as `meanOfStrata` makes it. */
  readonly bootstrap: Interval | null;
  readonly confidence: number;
  readonly seed: number;
  readonly resamples: number;
}

/**
 * Mean of values with two intervals: Student's t, `mean ± t_{n-1} s / sqrt(n)`, and the accelerated bootstrap of
 * `meanOfStrata`, which follows values that lean to one side, as shares near 0 or 1 do. With
 * one value both are null.
 * @throws {CaaError} empty-selection without values; invalid-argument for NaN, infinity or options out of range
 * @example meanWithIntervals([1, 2, 3]).mean // 2
 */
export function meanWithIntervals(
  values: readonly number[],
  { confidence = 0.95, seed = 0, resamples = 2000, ...options }: MeanOptions = {},
): MeanWithIntervals {
  checkValues("meanWithIntervals", values);
  const { mean, bootstrap } = meanOfStrata([values], { ...options, confidence, seed, resamples });
  const n = values.length;
  const known = { mean, n, bootstrap, confidence, seed, resamples };
  if (n === 1) {
    return { ...known, standardError: null, t: null };
  }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = Math.sqrt(squares / (n - 1) / n);
  const half = studentTQuantile((1 + confidence) / 2, n - 1) * standardError;
  return { ...known, standardError, t: { low: mean - half, high: mean + half } };
}
