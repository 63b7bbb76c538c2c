import { CaaError } from "../errors/caa-error.ts";
import { createRandom } from "../random/random.ts";
import {
  average,
  checkConfidence,
  checkValues,
  type Interval,
  type IntervalOptions,
} from "./check.ts";
import { studentTQuantile } from "./student-t.ts";

/** Memory holds one number a resample; more than this adds no digit that matters. */
const MAX_RESAMPLES = 1_000_000;

export interface MeanOptions extends IntervalOptions {
  /** Seed of the bootstrap. @default 0 */
  readonly seed?: number;
  /** How many samples the bootstrap draws, in [100, 1000000]. @default 2000 */
  readonly resamples?: number;
}

/** A mean with what is known of its error. Null where one value alone says nothing of the spread. */
export interface MeanWithIntervals {
  readonly mean: number;
  readonly n: number;
  /** Standard deviation of the mean, `s / sqrt(n)` with n - 1 in `s`. */
  readonly standardError: number | null;
  /** Student's t interval, `mean ± t standardError`. */
  readonly t: Interval | null;
  /** Percentile bootstrap interval. */
  readonly bootstrap: Interval | null;
  readonly confidence: number;
  readonly seed: number;
  readonly resamples: number;
}

/**
 * Mean of values with two intervals: Student's t, `mean ± t_{n-1} s / sqrt(n)`, and the percentile bootstrap, the
 * quantiles of the means of samples drawn with replacement. With one value both are null.
 * @throws {CaaError} empty-selection without values; invalid-argument for NaN, infinity or options out of range
 * @example meanWithIntervals([1, 2, 3]).mean // 2
 */
export function meanWithIntervals(
  values: readonly number[],
  { confidence = 0.95, seed = 0, resamples = 2000 }: MeanOptions = {},
): MeanWithIntervals {
  checkValues("meanWithIntervals", values);
  checkConfidence("meanWithIntervals", confidence);
  if (!Number.isInteger(resamples) || resamples < 100 || resamples > MAX_RESAMPLES) {
    const expected = `expected a whole number of resamples in [100, ${MAX_RESAMPLES}]`;
    throw new CaaError("invalid-argument", `meanWithIntervals: ${expected}, got ${resamples}`);
  }
  const n = values.length;
  const mean = average(values);
  const known = { mean, n, confidence, seed, resamples };
  if (n === 1) {
    return { ...known, standardError: null, t: null, bootstrap: null };
  }
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const standardError = Math.sqrt(squares / (n - 1) / n);
  const half = studentTQuantile((1 + confidence) / 2, n - 1) * standardError;
  return {
    ...known,
    standardError,
    t: { low: mean - half, high: mean + half },
    bootstrap: bootstrapInterval(values, mean, confidence, seed, resamples),
  };
}

function bootstrapInterval(
  values: readonly number[],
  mean: number,
  confidence: number,
  seed: number,
  resamples: number,
): Interval {
  const random = createRandom(seed);
  const deviations = Float64Array.from(values, (value) => value - mean); // small sums round less
  const means = new Float64Array(resamples);
  for (let sample = 0; sample < resamples; sample++) {
    let sum = 0;
    for (let draw = 0; draw < deviations.length; draw++) {
      sum += deviations[random.integer(deviations.length)] ?? 0;
    }
    means[sample] = mean + sum / deviations.length;
  }
  means.sort();
  return {
    low: quantile(means, (1 - confidence) / 2),
    high: quantile(means, (1 + confidence) / 2),
  };
}

/** Linear between the order statistics: index `p (n - 1)` of the sorted values. */
function quantile(sorted: Float64Array, p: number): number {
  const index = p * (sorted.length - 1);
  const below = sorted[Math.floor(index)] ?? Number.NaN;
  const above = sorted[Math.ceil(index)] ?? Number.NaN;
  return below + (above - below) * (index - Math.floor(index));
}
