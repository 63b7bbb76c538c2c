import { describe, expect, test } from "vitest";
import { meanWithIntervals } from "./mean-with-intervals.ts";
import { slopeOverMultipliers } from "./slope-over-multipliers.ts";
import { spearman } from "./spearman.ts";

const code = (value: string): unknown => expect.objectContaining({ code: value });
const VALUES = [0.44, 0.61, 0.38, 0.9, 0.55, 0.47, 0.72, 0.5];

describe("meanWithIntervals", () => {
  test("t interval equals that of scipy", () => {
    // scipy 1.17.1: stats.sem, stats.t.interval
    const result = meanWithIntervals(VALUES);
    expect(result.mean).toBeCloseTo(0.57125, 14);
    expect(result.standardError).toBeCloseTo(0.059953478988772145, 14);
    expect(result.t?.low).toBeCloseTo(0.429482549615791, 12);
    expect(result.t?.high).toBeCloseTo(0.713017450384209, 12);
    const narrow = meanWithIntervals(VALUES, { confidence: 0.9 });
    expect(narrow.t?.low).toBeCloseTo(0.4576634214071591, 12);
    expect(narrow.t?.high).toBeCloseTo(0.684836578592841, 12);
  });

  test("the seed decides the bootstrap, and nothing else", () => {
    const result = meanWithIntervals(VALUES, { seed: 3 });
    expect(meanWithIntervals(VALUES, { seed: 3 })).toEqual(result);
    const other = meanWithIntervals(VALUES, { seed: 4 });
    expect(other.bootstrap).not.toEqual(result.bootstrap);
    expect(other.t).toEqual(result.t);
  });

  test("one value has a mean and no interval", () => {
    const result = meanWithIntervals([0.25]);
    expect(result).toMatchObject({
      mean: 0.25,
      n: 1,
      standardError: null,
      t: null,
      bootstrap: null,
    });
  });

  test("equal values have intervals of no width", () => {
    const result = meanWithIntervals([0.1, 0.1, 0.1]);
    expect(result.t).toEqual({ low: result.mean, high: result.mean });
    expect(result.bootstrap).toEqual({ low: result.mean, high: result.mean });
  });

  test("refuses what has no mean", () => {
    expect(() => meanWithIntervals([])).toThrow(code("empty-selection"));
    expect(() => meanWithIntervals([1, Number.NaN])).toThrow(code("invalid-argument"));
    expect(() => meanWithIntervals([1, 2], { confidence: 1 })).toThrow(code("invalid-argument"));
    expect(() => meanWithIntervals([1, 2], { resamples: 0 })).toThrow(code("invalid-argument"));
    expect(() => meanWithIntervals([1, 2], { seed: 0.5 })).toThrow(code("invalid-argument"));
  });
});

describe("slopeOverMultipliers", () => {
  const X = [-2, -1, -1, 0, 1, 2, 2.5];
  const Y = [0.41, 0.44, 0.4, 0.46, 0.58, 0.61, 0.6];

  test("line, error and interval equal those of scipy", () => {
    // scipy 1.17.1: stats.linregress, stats.t.ppf(0.975, 5)
    const line = slopeOverMultipliers(X, Y);
    expect(line.slope).toBeCloseTo(0.052573839662447254, 14);
    expect(line.intercept).toBeCloseTo(0.48873417721518986, 14);
    expect(line.standardError).toBeCloseTo(0.007692944754274962, 14);
    expect(line.interval?.low).toBeCloseTo(0.03279849561455436, 12);
    expect(line.interval?.high).toBeCloseTo(0.07234918371034015, 12);
    expect(line.n).toBe(7);
  });

  test("two points have a line and no interval", () => {
    const line = slopeOverMultipliers([0, 2], [1, 5]);
    expect(line).toMatchObject({ slope: 2, intercept: 1, standardError: null, interval: null });
  });

  test("refuses what has no slope", () => {
    expect(() => slopeOverMultipliers([], [])).toThrow(code("empty-selection"));
    expect(() => slopeOverMultipliers([1], [1])).toThrow(code("invalid-argument"));
    expect(() => slopeOverMultipliers([1, 1, 1], [1, 2, 3])).toThrow(code("invalid-argument"));
    expect(() => slopeOverMultipliers([0, 1], [1])).toThrow(code("shape-mismatch"));
    expect(() => slopeOverMultipliers([0, 1], [1, Infinity])).toThrow(code("invalid-argument"));
  });
});

describe("spearman", () => {
  test("equals scipy, ties included", () => {
    // scipy 1.17.1: stats.spearmanr
    expect(spearman([1, 2, 2, 4, 5, 5, 5, 8], [3, 1, 4, 4, 9, 2, 6, 6])).toBeCloseTo(
      0.5901645758711312,
      14,
    );
    expect(
      spearman([-2, -1, -1, 0, 1, 2, 2.5], [0.41, 0.44, 0.4, 0.46, 0.58, 0.61, 0.6]),
    ).toBeCloseTo(0.900937462695559, 14);
  });

  test("sees order alone", () => {
    const x = [3, -1, 0.5, 8, 2];
    expect(spearman(x, x.map(Math.exp))).toBe(1);
    expect(
      spearman(
        x,
        x.map((value) => -(value ** 3)),
      ),
    ).toBe(-1);
  });

  test("is null where nothing varies", () => {
    expect(spearman([1, 1, 1], [1, 2, 3])).toBeNull();
    expect(spearman([1], [2])).toBeNull();
  });

  test("refuses nothing, NaN and unequal lengths", () => {
    expect(() => spearman([], [])).toThrow(code("empty-selection"));
    expect(() => spearman([1, Number.NaN], [1, 2])).toThrow(code("invalid-argument"));
    expect(() => spearman([1, 2], [1])).toThrow(code("shape-mismatch"));
  });
});
