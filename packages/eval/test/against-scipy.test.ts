import { describe, expect, it } from "vitest";
import { effectsByLayer } from "../src/controls/effect.ts";
import { steerabilityByLayer } from "../src/effects/steerability.ts";
import { meanOverItems } from "../src/statistics/mean-over-items.ts";
import { resolutionOf } from "../src/statistics/resolution.ts";
import { scoredCell } from "./made-up-cells.ts";

// All numbers by numpy 2.4.6 and scipy 1.17.1. Means and t intervals are good to rounding and the 1e-8 of our t quantile.

/** Scores of twelve items by multiplier. */
const SCORES = [
  [-1, [0.12, 0.31, 0.05, 0.44, 0.5, 0.08, 0.27, 0.61, 0.33, 0.2, 0.72, 0.15]],
  [0, [0.35, 0.4, 0.1, 0.52, 0.49, 0.3, 0.55, 0.6, 0.41, 0.38, 0.7, 0.2]],
  [1, [0.6, 0.72, 0.22, 0.5, 0.81, 0.44, 0.69, 0.9, 0.38, 0.66, 0.97, 0.55]],
  [2, [0.78, 0.9, 0.2, 0.61, 0.95, 0.7, 0.82, 0.97, 0.5, 0.71, 0.99, 0.6]],
] as const;
const CATEGORIES = [..."aaaaabbbbccc"];
const cells = (categories: readonly string[] = []) =>
  SCORES.map(([multiplier, scores]) => scoredCell(4, multiplier, scores, { categories }));
const SPAN = { from: -1, to: 2 };

describe("figures of a sweep equal those of scipy", () => {
  it("the change of all items", () => {
    // stats.ttest_rel(scores[2], scores[-1]).confidence_interval(0.95)
    const [effect] = effectsByLayer(cells(), SPAN);
    expect(effect?.n).toBe(12);
    expect(effect?.change?.mean).toBeCloseTo(0.4125, 14);
    expect(effect?.change?.t?.low).toBeCloseTo(0.2949331936026069, 9);
    expect(effect?.change?.t?.high).toBeCloseTo(0.5300668063973931, 9);
  });

  it("the change over categories", () => {
    // 2,000,000 resamples of n - 1 items of each category; stats.skew, norm.cdf and t.ppf of 8.883851 degrees of freedom,
    // those of Welch and Satterthwaite, for the levels 0.00848 and 0.98439; standard error by var(ddof=1): 0.05428.
    const [effect] = effectsByLayer(cells(CATEGORIES), SPAN);
    expect(effect?.change?.mean).toBeCloseTo(0.413, 14);
    // stats.t.interval(0.95, 2, mean, stats.sem) of the categories' means 0.404, 0.425, 0.41
    expect(effect?.change?.t?.low).toBeCloseTo(0.38612994231491116, 9);
    expect(effect?.change?.t?.high).toBeCloseTo(0.4398700576850888, 9);
    // Of 2000 resamples: sqrt(p (1 - p) / 2000) over the normal density is 0.0048 and 0.0036; three of these.
    const { low = 0, high = 0 } = effect?.change?.bootstrap ?? {};
    expect(Math.abs(low - 0.28222)).toBeLessThan(0.0145);
    expect(Math.abs(high - 0.525)).toBeLessThan(0.011);
  });

  it("slopes of items and the order of means", () => {
    // np.polyfit(multipliers, scores, 1)[0], stats.sem, stats.t.interval(0.95, 11), stats.spearmanr
    const [layer] = steerabilityByLayer(cells());
    expect(layer).toMatchObject({ n: 12, against: 0, rank: 1 });
    expect(layer?.slope?.mean).toBeCloseTo(0.14408333333333348, 14);
    expect(layer?.slope?.t?.low).toBeCloseTo(0.1036518686627094, 9);
    expect(layer?.slope?.t?.high).toBeCloseTo(0.18451479800395756, 9);
    const turned = [0.4, 0.5, 0.45, 0.6].map((score, i) => scoredCell(4, i - 1, [score]));
    expect(steerabilityByLayer(turned)[0]?.rank).toBeCloseTo(0.8, 14);
  });

  it("slopes over categories: the mean of the categories' mean slopes", () => {
    const slopes = [
      0.223, 0.209, 0.057, 0.049, 0.167, 0.2, 0.179, 0.138, 0.048, 0.181, 0.108, 0.17,
    ].map((value, i) => ({ value, category: CATEGORIES[i] ?? null }));
    const expected = meanOverItems(slopes, { confidence: 0.95, seed: 0 });
    const [layer] = steerabilityByLayer(cells(CATEGORIES));
    expect(layer?.slope?.mean).toBeCloseTo(expected.mean, 12);
    expect(layer?.slope?.bootstrap?.low).toBeCloseTo(expected.bootstrap?.low ?? Number.NaN, 12);
  });

  // stats.t.ppf; and where optimize.brentq finds the power of the paired t test, stats.nct.sf, to be 0.8.
  it.each([
    [5, 0.620831999101882, 0.8409986411078721],
    [10, 0.35767845298533235, 0.4980011271534761],
    [50, 0.14209842774786494, 0.202091746106955],
    [500, 0.04393268475640234, 0.06276623663583185],
  ])("what %d items can show", (n, halfWidth, exact) => {
    const { halfWidth: half, smallestEffect } = resolutionOf(n);
    expect(half).toBeCloseTo(Math.min(0.5, halfWidth), 8); // the interval ends at 0 and 1
    // The sum of two t quantiles stands for a quantile of the noncentral t, which it nears as 1 / n.
    expect(Math.abs(smallestEffect / exact - 1)).toBeLessThan(0.1 / n);
  });
});
