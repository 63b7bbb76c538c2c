import { describe, expect, test } from "vitest";
import { createRandom } from "../random/random.ts";
import { type MeanOptions, meanOfStrata } from "./mean-of-strata.ts";
import { type MeanWithIntervals, meanWithIntervals } from "./mean-with-intervals.ts";

const code = (value: string): unknown => expect.objectContaining({ code: value });

/** Scores that lean to one end of their range, as p(matching) of a steered model does. */
const LEANING = [
  0.99, 0.97, 0.98, 0.96, 0.99, 0.95, 0.93, 0.97, 0.88, 0.99, 0.91, 0.62, 0.98, 0.35, 0.96, 0.94,
  0.99, 0.78, 0.97, 0.9, 0.08, 0.98, 0.95, 0.99,
];
const STRATA = [
  [0.42],
  [0.9, 0.7],
  [0.31, 0.55, 0.48, 0.12, 0.6],
  [0.93, 0.97, 0.88, 0.99, 0.6, 0.95, 0.9, 0.98, 0.96],
  [0.5],
];

/** The ends, of which none may be missing. */
function endsOf(strata: ReadonlyArray<readonly number[]>, options?: MeanOptions) {
  const { bootstrap } = meanOfStrata(strata, options);
  return bootstrap ?? { low: Number.NaN, high: Number.NaN };
}

describe("the bootstrap interval against numpy and scipy", () => {
  // The same draws in numpy 2.4.6, 2,000,000 resamples; levels by scipy 1.17.1: norm.cdf, t.ppf, and stats.skew of the
  // resampled means. Tolerances: four standard errors sqrt(p (1 - p) / resamples) / density of the quantiles, ours and
  // theirs together, with the normal density taken by half for the long tail.
  test("of one stratum that leans to one side", () => {
    expect(meanOfStrata([LEANING]).mean).toBeCloseTo(0.8754166666666667, 14);
    const { low, high } = endsOf([LEANING], { resamples: 200_000 });
    expect(Math.abs(low - 0.7243478260869566)).toBeLessThan(0.005); // percentiles: 0.778 to 0.950
    expect(Math.abs(high - 0.9413043478260867)).toBeLessThan(0.0015);
  });

  test("of strata of one value, two and more", () => {
    expect(meanOfStrata(STRATA).mean).toBeCloseTo(0.6077333333333333, 14);
    const { low, high } = endsOf(STRATA, { resamples: 100_000 });
    expect(Math.abs(low - 0.39181215)).toBeLessThan(0.009);
    expect(Math.abs(high - 0.73454574)).toBeLessThan(0.003);
  });

  test("is near scipy's own accelerated interval where values are many", () => {
    // One less quantiles of the exponential distribution; stats.bootstrap(method="BCa", n_resamples=200000). Ours is
    // wider by t over normal and n over n - 1, together 0.06 standard errors a side, and both are off by chance.
    const values = Array.from({ length: 60 }, (_, i) => 1 + Math.log(1 - (i + 0.5) / 60) / 8);
    const { low, high } = endsOf([values], { resamples: 100_000 });
    const tolerance = 0.1 * 0.0158; // percentiles are 0.27 and 0.17 standard errors off
    expect(Math.abs(low - 0.8394)).toBeLessThan(tolerance);
    expect(Math.abs(high - 0.9019)).toBeLessThan(tolerance);
  });

  test("has the width of the closed form where values are many and even", () => {
    // Ranks over n: sqrt(sum_k s_k^2 / n_k) / K by numpy's var(ddof=1), 0.0386567, times t.ppf(0.975, 18.735408). Light tails
    // and chance take 1 % at most; n draws of n values would take 5 %.
    const strata = [10, 30, 60].map((n) => Array.from({ length: n }, (_, i) => (i + 1) / n));
    const { low, high } = endsOf(strata, { resamples: 40_000 });
    expect(Math.abs((high - low) / 2 / 0.0809868 - 1)).toBeLessThan(0.02);
  });
});

describe("meanOfStrata", () => {
  test("counts strata alike, however many values they have", () => {
    const { mean, bootstrap } = meanOfStrata([
      [0, 0, 0, 0],
      [1, 1],
    ]);
    expect(mean).toBe(0.5);
    expect(bootstrap).toEqual({ low: 0.5, high: 0.5 }); // no spread within
  });

  test("draws a value that is alone from all, and has no interval where it is the only one", () => {
    const alone = endsOf(LEANING.map((value) => [value]));
    const together = endsOf([LEANING]);
    expect(Math.abs(alone.low - together.low)).toBeLessThan(0.02); // chance: four errors of a quantile, as above, of 2000
    expect(Math.abs(alone.high - together.high)).toBeLessThan(0.01);
    expect(meanOfStrata([[0.25]])).toEqual({ mean: 0.25, bootstrap: null });
  });

  test("stays within the range of the values, and turns around with them", () => {
    const some = LEANING.slice(0, 8);
    const { low, high } = endsOf([some]);
    expect(low).toBeGreaterThanOrEqual(Math.min(...some));
    expect(high).toBeLessThanOrEqual(Math.max(...some));
    const turned = endsOf([LEANING.map((value) => 1 - value)]);
    expect(turned.low).toBeCloseTo(1 - endsOf([LEANING]).high, 12);
    expect(turned.high).toBeCloseTo(1 - endsOf([LEANING]).low, 12);
  });

  test("reaches as far as Student's t where values are few", () => {
    // scipy 1.17.1: stats.t.interval(0.95, n - 1, mean, stats.sem)
    const two = endsOf([[0.2, 0.8]]);
    expect(two.low).toBeCloseTo(-3.311861420852418, 7);
    expect(two.high).toBeCloseTo(4.311861420852418, 7);
    const seven = endsOf([[0.3, 0.9, 0.5, 0.55, 0.4, 0.7, 0.62]]);
    expect(seven.low).toBeLessThanOrEqual(0.383977145);
    expect(seven.high).toBeGreaterThanOrEqual(0.750308569);
    // Half of stats.ttest_ind([0.5, 0.9], [-0.2, -0.4], equal_var=False).confidence_interval(0.95)
    const strata = endsOf([
      [0.2, 0.4],
      [0.5, 0.9],
    ]);
    expect(strata.low).toBeCloseTo(-0.19185228300710644, 7);
    expect(strata.high).toBeCloseTo(1.1918522830071065, 7);
    expect(endsOf([[0.2], [0.8]]).low).toBeCloseTo(two.low, 12);
    const range = { low: 0, high: 1 };
    expect(endsOf([[0.2, 0.8]], { range })).toEqual(range);
    expect(endsOf([[-0.2, 1.3]], { range }).low).toBeCloseTo(-0.2, 12); // what was seen stays
    expect(endsOf([LEANING], { range })).toEqual(endsOf([LEANING]));
  });

  test("is wider for more confidence, up to where no resample is beyond", () => {
    const widths = [0.5, 0.9, 0.99, 1 - 1e-9].map((confidence) => {
      const { low, high } = endsOf([LEANING.slice(0, 3)], { confidence });
      return high - low;
    });
    expect(widths).toEqual([...widths].sort((a, b) => a - b));
    expect(Number.isFinite(widths[3])).toBe(true);
  });

  test("refuses strata without values, and what is no number", () => {
    expect(() => meanOfStrata([])).toThrow(code("empty-selection"));
    expect(() => meanOfStrata([[1], []])).toThrow(code("empty-selection"));
    expect(() => meanOfStrata([[1, Number.NaN]])).toThrow(code("invalid-argument"));
    expect(() => meanOfStrata([[1, 2]], { confidence: 0 })).toThrow(code("invalid-argument"));
    expect(() => meanOfStrata([[1, 2]], { resamples: 99 })).toThrow(code("invalid-argument"));
    for (const range of [
      { low: 1, high: 0 },
      { low: Number.NaN, high: 1 },
      { low: 0, high: Number.NaN },
    ]) {
      expect(() => meanOfStrata([LEANING], { range })).toThrow(code("invalid-argument"));
    }
  });
});

describe("95 % intervals hold the true mean in 95 % of cases", () => {
  const ROUNDS = 600;
  const TOLERANCE = 2.67; // in %: three binomial standard errors, 3 sqrt(0.95 * 0.05 / 600)
  const SIDE = 2.5 + 1.91; // likewise, of 2.5 %
  type Estimate = Pick<MeanWithIntervals, "bootstrap"> & Partial<Pick<MeanWithIntervals, "t">>;

  /** In % of the rounds: how often each interval holds the true mean, and how often the bootstrap is above and below it. */
  function coverage(truth: number, estimate: (options: MeanOptions) => Estimate) {
    const count = { t: 0, bootstrap: 0, above: 0, below: 0 };
    for (let seed = 0; seed < ROUNDS; seed++) {
      const { t, bootstrap } = estimate({ seed, resamples: 500 });
      const { low, high } = bootstrap ?? { low: Number.NaN, high: Number.NaN };
      count.t += t !== undefined && t !== null && t.low <= truth && truth <= t.high ? 1 : 0;
      count.bootstrap += low <= truth && truth <= high ? 1 : 0;
      count.above += truth < low ? 1 : 0;
      count.below += truth > high ? 1 : 0;
    }
    const percent = (times: number): number => (100 * times) / ROUNDS;
    return {
      t: percent(count.t),
      bootstrap: percent(count.bootstrap),
      above: percent(count.above),
      below: percent(count.below),
    };
  }
  const repeat = (n: number, draw: () => number): number[] => Array.from({ length: n }, draw);

  test("ten values of a normal distribution", () => {
    const random = createRandom(21);
    const found = coverage(3, (options) =>
      meanWithIntervals(
        repeat(10, () => 3 + random.gaussian()),
        options,
      ),
    );
    expect(Math.abs(found.bootstrap - 95)).toBeLessThan(TOLERANCE);
    expect(Math.abs(found.t - 95)).toBeLessThan(TOLERANCE);
  });

  test.each([2, 3, 4, 6])("%d values of a normal distribution", (n) => {
    const random = createRandom(n);
    const found = coverage(3, (options) =>
      meanWithIntervals(
        repeat(n, () => 3 + random.gaussian()),
        options,
      ),
    );
    expect(Math.abs(found.bootstrap - 95)).toBeLessThan(TOLERANCE);
  });

  test("fifty scores in [0, 1] that lean to 1", () => {
    const random = createRandom(22);
    const found = coverage(6 / 7, (options) =>
      meanWithIntervals(
        repeat(50, () => 1 - random.uniform() ** 6),
        options,
      ),
    );
    expect(Math.abs(found.bootstrap - 95)).toBeLessThan(TOLERANCE);
    expect(found.above).toBeLessThan(SIDE);
    expect(found.below).toBeLessThan(SIDE);
  });

  test("ten categories of five scores, of means from 0.25 to 0.79", () => {
    const random = createRandom(23);
    const found = coverage(0.52, (options) =>
      meanOfStrata(
        Array.from({ length: 10 }, (_, k) => {
          const power = 1 / (0.25 + 0.06 * k) - 1; // u^power has mean 1 / (power + 1)
          return repeat(5, () => random.uniform() ** power);
        }),
        options,
      ),
    );
    expect(Math.abs(found.bootstrap - 95)).toBeLessThan(TOLERANCE);
  });
});
