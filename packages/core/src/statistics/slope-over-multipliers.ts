import { CaaError } from "../errors/caa-error.ts";
import { checkSameLength } from "../vectors/check.ts";
import {
  average,
  checkConfidence,
  checkValues,
  type Interval,
  type IntervalOptions,
} from "./check.ts";
import { studentTQuantile } from "./student-t.ts";

/** A least-squares line. Null where two points alone say nothing of the error. */
export interface Slope {
  /** Change of the value for one unit of the multiplier. */
  readonly slope: number;
  /** Value of the line at multiplier 0. */
  readonly intercept: number;
  readonly n: number;
  /** `sqrt(RSS / (n - 2) / Sxx)` */
  readonly standardError: number | null;
  /** `slope ± t_{n-2} standardError` */
  readonly interval: Interval | null;
  readonly confidence: number;
}

/**
 * Least-squares slope of values over multipliers: `Sxy / Sxx`, with Student's t interval of n - 2 degrees of freedom.
 * With two points standard error and interval are null. Points may share a multiplier.
 * @param multipliers (n), of at least two distinct values
 * @param values (n)
 * @throws {CaaError} empty-selection without points; shape-mismatch; invalid-argument when all multipliers are the
 *   same, or a number is not finite
 * @example slopeOverMultipliers([-1, 0, 1], [1, 2, 3]).slope // 1
 */
export function slopeOverMultipliers(
  multipliers: readonly number[],
  values: readonly number[],
  { confidence = 0.95 }: IntervalOptions = {},
): Slope {
  checkSameLength("slopeOverMultipliers", multipliers, values);
  checkValues("slopeOverMultipliers: multipliers", multipliers);
  checkValues("slopeOverMultipliers: values", values);
  checkConfidence("slopeOverMultipliers", confidence);
  const n = values.length;
  if (new Set(multipliers).size < 2) {
    const got = `${n} of multiplier ${multipliers[0]}`;
    throw new CaaError(
      "invalid-argument",
      `slopeOverMultipliers: expected two multipliers or more, got ${got}`,
    );
  }
  const meanX = average(multipliers);
  const meanY = average(values);
  const points = multipliers.map((x, i) => ({ x: x - meanX, y: (values[i] ?? 0) - meanY }));
  const sxx = points.reduce((sum, { x }) => sum + x * x, 0);
  const slope = points.reduce((sum, { x, y }) => sum + x * y, 0) / sxx;
  const line = { slope, intercept: meanY - slope * meanX, n, confidence };
  if (n === 2) {
    return { ...line, standardError: null, interval: null };
  }
  const rss = points.reduce((sum, { x, y }) => sum + (y - slope * x) ** 2, 0); // residual sum of squares
  const standardError = Math.sqrt(rss / (n - 2) / sxx);
  const half = studentTQuantile((1 + confidence) / 2, n - 2) * standardError;
  return { ...line, standardError, interval: { low: slope - half, high: slope + half } };
}
