import { CaaError } from "../errors/caa-error.ts";
import { createRandom } from "../random/random.ts";
import {
  average,
  checkConfidence,
  checkValues,
  type Interval,
  type IntervalOptions,
} from "./check.ts";
import { normalCdf } from "./normal-cdf.ts";
import { quantile } from "./quantile.ts";
import { studentTQuantile } from "./student-t.ts";

/** Memory holds one number a resample; more than this adds no digit that matters. */
const MAX_RESAMPLES = 1_000_000;
/** Up to so many degrees of freedom the resampled means are few and end too near: as of two values, at these values. */
const FEW_DEGREES_OF_FREEDOM = 6;

export interface MeanOptions extends IntervalOptions {
  /** Seed of the bootstrap. @default 0 */
  readonly seed?: number;
  /** How many samples the bootstrap draws, in [100, 1000000]. @default 2000 */
  readonly resamples?: number;
  /** Between which values can lie at all: the bootstrap interval of few goes no further. @default anywhere */
  readonly range?: Interval;
}

const ANYWHERE: Interval = { low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY };

/** A mean with its bootstrap interval, null where one value alone says nothing of the spread. */
export interface StratifiedMean {
  readonly mean: number;
  readonly bootstrap: Interval | null;
}

/**
 * The mean of the means of K strata, `m = 1/K sum_k mean_k`, each counting alike however many values it has, with its
 * bootstrap interval. One stratum is the plain mean.
 *
 * A resample draws n - 1 of the n values of each stratum with replacement (Rao and Wu 1988), which gives it the variance
 * `s_k^2 / n` of the stratum's mean; n draws give `(n - 1) / n` of that. A stratum of one value says nothing of its
 * spread: it is drawn from all N values, `sqrt(N / (N - 1))` as far from the mean of all as they are, which is at least as
 * wide. The ends of the interval are quantiles of the resampled means at the levels `Φ(a + (a ± t) / (1 - a (a ± t)))`,
 * those of Efron's accelerated interval (1987), with `a` a sixth of the skewness of the resampled means, which for a mean is
 * the correction of the bias too; and with Student's t in place of the normal quantile, since the variance comes of few
 * values (Hesterberg 2015), its degrees of freedom those of Welch and Satterthwaite, n - 1 for one stratum. Up to 6 of these
 * the interval reaches at least as far as Student's, `m ± t sqrt(sum_k s_k^2 / n_k) / K`, and so beyond the values: of two or
 * three, resampled means alone hold the true mean in 50 and 75 % of cases.
 * @param strata (K)(n_k)
 * @throws {CaaError} empty-selection without strata or values in one; invalid-argument for NaN, infinity or options out of
 *   range
 * @example meanOfStrata([[1, 2, 3], [10]]).mean // 6
 */
export function meanOfStrata(
  strata: ReadonlyArray<readonly number[]>,
  { confidence = 0.95, seed = 0, resamples = 2000, range = ANYWHERE }: MeanOptions = {},
): StratifiedMean {
  checkValues("meanOfStrata", strata.flat());
  strata.forEach((values) => checkValues("meanOfStrata: each stratum", values));
  checkConfidence("meanOfStrata", confidence);
  if (!Number.isInteger(resamples) || resamples < 100 || resamples > MAX_RESAMPLES) {
    const expected = `expected a whole number of resamples in [100, ${MAX_RESAMPLES}]`;
    throw new CaaError("invalid-argument", `meanOfStrata: ${expected}, got ${resamples}`);
  }
  if (!(range.low <= range.high)) {
    const expected = "expected a range whose low is at most its high";
    throw new CaaError(
      "invalid-argument",
      `meanOfStrata: ${expected}, got ${range.low} to ${range.high}`,
    );
  }
  const mean = average(strata.map(average));
  const parts = partsOf(strata);
  const means = resampledMeans(parts, mean, strata.length, { seed, resamples });
  const ends = endsOf(parts, confidence);
  const reach = (ends?.atLeast ?? 0) / strata.length;
  const bootstrap = ends && {
    low: Math.min(quantile(means, ends.levels.low), Math.max(range.low, mean - reach)),
    high: Math.max(quantile(means, ends.levels.high), Math.min(range.high, mean + reach)),
  };
  return { mean, bootstrap };
}

/** What is drawn from together: a stratum, or all values, for those that are alone in theirs. */
interface Part {
  /** From their mean, so that small sums round less. */
  readonly deviations: Float64Array;
  readonly draws: number;
  /** What a drawn deviation adds to the sum of the strata's means. */
  readonly weight: number;
  readonly degreesOfFreedom: number;
}

function partsOf(strata: ReadonlyArray<readonly number[]>): readonly Part[] {
  const partOf = (values: readonly number[], draws: number, weight: number): Part => {
    const middle = average(values);
    const deviations = Float64Array.from(values, (value) => value - middle);
    return { deviations, draws, weight, degreesOfFreedom: values.length - 1 };
  };
  const alone = strata.filter(({ length }) => length === 1).length;
  const all = strata.flat();
  return [
    ...strata
      .filter(({ length }) => length > 1)
      .map((values) => partOf(values, values.length - 1, 1 / (values.length - 1))),
    ...(alone === 0
      ? []
      : [partOf(all, alone, Math.sqrt(all.length / Math.max(1, all.length - 1)))]),
  ];
}

/** Sorted upwards. */
function resampledMeans(
  parts: readonly Part[],
  mean: number,
  strata: number,
  { seed, resamples }: Required<Pick<MeanOptions, "seed" | "resamples">>,
): Float64Array {
  const random = createRandom(seed);
  const means = new Float64Array(resamples);
  for (let sample = 0; sample < resamples; sample++) {
    let sum = 0;
    for (const { deviations, draws, weight } of parts) {
      let drawn = 0;
      for (let draw = 0; draw < draws; draw++) {
        drawn += deviations[random.integer(deviations.length)] ?? 0;
      }
      sum += drawn * weight;
    }
    means[sample] = mean + sum / strata;
  }
  return means.sort();
}

/** Where the interval ends. */
interface Ends {
  /** Of the resampled means. */
  readonly levels: Interval;
  /** From the mean; of the sum of the strata's means. */
  readonly atLeast: number;
}

/** Null for a single value. */
function endsOf(parts: readonly Part[], confidence: number): Ends | null {
  const moment = (part: Part, k: number): number =>
    (part.draws * part.weight ** k * part.deviations.reduce((sum, x) => sum + x ** k, 0)) /
    part.deviations.length;
  const variances = parts.map((part) => moment(part, 2)); // of the sum of the strata's means
  const variance = variances.reduce((sum, part) => sum + part, 0);
  if (parts.every(({ degreesOfFreedom }) => degreesOfFreedom === 0)) {
    return null;
  }
  if (variance === 0) {
    return { levels: { low: 0, high: 1 }, atLeast: 0 }; // all resampled means are the same
  }
  const third = parts.reduce((sum, part) => sum + moment(part, 3), 0);
  const a = third / variance / Math.sqrt(variance) / 6;
  const shares = parts.map(
    ({ degreesOfFreedom }, k) => ((variances[k] ?? 0) / variance) ** 2 / degreesOfFreedom,
  );
  const degreesOfFreedom = Math.max(1, 1 / shares.reduce((sum, share) => sum + share, 0));
  const t = studentTQuantile((1 + confidence) / 2, degreesOfFreedom);
  const level = (z: number): number => {
    const room = 1 - a * (a + z);
    return room > 0 ? normalCdf(a + (a + z) / room) : z < 0 ? 0 : 1;
  };
  return {
    levels: { low: level(-t), high: level(t) },
    atLeast: degreesOfFreedom > FEW_DEGREES_OF_FREEDOM ? 0 : t * Math.sqrt(variance),
  };
}
