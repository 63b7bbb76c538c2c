import { describe, expect, it } from "vitest";
import { meanOverItems } from "./mean-over-items.ts";
import { resolutionOf } from "./resolution.ts";

const OPTIONS = { confidence: 0.95, seed: 0 };

describe("resolutionOf", () => {
  it("agrees with t quantiles from tables", () => {
    // scipy.stats.t.ppf(0.975, 49) = 2.009575234, ppf(0.8, 49) = 0.848850
    const { halfWidth, smallestEffect } = resolutionOf(50);
    expect(halfWidth).toBeCloseTo((2.009575234 * 0.5) / Math.sqrt(50), 6);
    expect(smallestEffect).toBeCloseTo(((2.009575234 + 0.84885) * 0.5) / Math.sqrt(50), 4);
  });

  it("halves with four times the items, and grows with power and spread", () => {
    const ratio = resolutionOf(1000).halfWidth / resolutionOf(4000).halfWidth;
    expect(ratio).toBeCloseTo(2, 2);
    expect(resolutionOf(50, { power: 0.95 }).smallestEffect).toBeGreaterThan(
      resolutionOf(50).smallestEffect,
    );
    expect(resolutionOf(50, { spread: 0.1 }).smallestEffect).toBeCloseTo(
      resolutionOf(50).smallestEffect / 5,
      12,
    );
  });

  it("lets small categories weigh, since all count alike and small ones tell their spread badly", () => {
    // scipy 1.17.1: stats.t.ppf(0.975, df) / 4 * sqrt(1 / 5 + 1 / 45), df = (1 / 5 + 1 / 45)^2 / (1 / 25 / 4 + 1 / 2025 / 44)
    const { n, halfWidth } = resolutionOf([5, 45]);
    expect(n).toBe(50);
    expect(halfWidth).toBeCloseTo(0.3041927368, 8);
    expect(resolutionOf([10, 10, 10]).halfWidth).toBeCloseTo(0.187305643, 8); // stats.t.ppf(0.975, 27) / 2 / sqrt(30)
  });

  it.each([{ sizes: [4, 8, 40] }, { sizes: [6, 30] }, { sizes: [2, 2, 4, 20, 20] }])(
    "is the half width that the interval of $sizes items has",
    ({ sizes }) => {
      const items = sizes.flatMap((n, k) =>
        Array.from({ length: n }, (_, i) => ({
          value: 0.5 + (i % 2 === 0 ? 0.5 : -0.5) * Math.sqrt((n - 1) / n), // s = 0.5 in each
          category: `category ${k}`,
        })),
      );
      const { low = 0, high = 0 } = meanOverItems(items, OPTIONS).bootstrap ?? {};
      expect(Math.abs((high - low) / 2 / resolutionOf(sizes).halfWidth - 1)).toBeLessThan(0.05);
    },
  );

  it("says no more than that a share lies in [0, 1]", () => {
    expect(resolutionOf(2).halfWidth).toBe(0.5);
    expect(resolutionOf([1, 1]).halfWidth).toBe(0.5);
    expect(resolutionOf([2, 50]).halfWidth).toBe(0.5);
  });

  it.each([
    { items: 1 },
    { items: 0 },
    { items: 2.5 },
    { items: Number.NaN },
    { items: [1] },
    { items: [] },
    { items: [2, 0] },
  ])("refuses $items items", ({ items }) => {
    expect(() => resolutionOf(items)).toThrow(/2 items or more/);
  });
});
