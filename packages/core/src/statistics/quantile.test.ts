import { expect, test } from "vitest";
import { normalCdf } from "./normal-cdf.ts";
import { quantile } from "./quantile.ts";

const code = (value: string): unknown => expect.objectContaining({ code: value });
const SORTED = [0.05, 0.1, 0.12, 0.31, 0.4, 0.77, 0.78];

// numpy 2.4.6: np.quantile(SORTED, p)
test.each([
  [0, 0.05],
  [0.025, 0.0575],
  [0.3, 0.116],
  [0.5, 0.31],
  [0.9, 0.774],
  [1, 0.78],
])("quantile %d equals that of numpy", (p, expected) => {
  expect(quantile(SORTED, p)).toBeCloseTo(expected, 14);
  expect(quantile(Float64Array.from(SORTED), p)).toBeCloseTo(expected, 14);
});

test("a quantile is refused of no values and for what is no share", () => {
  expect(quantile([7], 0.3)).toBe(7);
  expect(() => quantile([], 0.5)).toThrow(code("empty-selection"));
  for (const p of [-0.1, 1.1, Number.NaN]) {
    expect(() => quantile(SORTED, p)).toThrow(code("invalid-argument"));
  }
});

test("the normal distribution never leaves [0, 1], so that its values are levels of quantiles", () => {
  const values = Array.from({ length: 18 * 512 }, (_, i) => normalCdf(i / 512 - 9));
  expect(Math.min(...values)).toBe(0);
  expect(Math.max(...values)).toBe(1);
});

// scipy 1.17.1: stats.norm.cdf(x)
test.each([
  [-6, 9.865876450376946e-10],
  [-2.5, 0.006209665325776132],
  [-1, 0.15865525393145707],
  [-0.1, 0.460172162722971],
  [0, 0.5],
  [0.3, 0.6179114221889526],
  [1.96, 0.9750021048517795],
  [3, 0.9986501019683699],
  [7.5, 0.9999999999999681],
  [9, 1],
  [-Infinity, 0],
])("the normal distribution at %d equals that of scipy", (x, expected) => {
  expect(Math.abs(normalCdf(x) - expected)).toBeLessThan(2e-15);
});
