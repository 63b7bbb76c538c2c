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

  it("lets small categories weigh, since all count alike", () => {
    // K^2 / sum 1 / n_k = 4 / (1 / 5 + 1 / 45) = 18 items; scipy 1.17.1: stats.t.ppf(0.975, 17) / 2 / sqrt(18)
    const { n, halfWidth, smallestEffect } = resolutionOf([5, 45]);
    expect(n).toBe(50);
    expect(halfWidth).toBeCloseTo(0.24864415035649196, 8);
    expect(smallestEffect).toBeCloseTo(resolutionOf(18).smallestEffect, 12);
    expect(resolutionOf([10, 10, 10]).halfWidth).toBeCloseTo(resolutionOf(30).halfWidth, 12);
  });

  it("is the half width that the interval of such items has", () => {
    const sizes = [4, 8, 40];
    const items = sizes.flatMap((n, k) =>
      Array.from({ length: n }, (_, i) => ({ value: i % 2, category: `category ${k}` })),
    );
    const { low = 0, high = 0 } = meanOverItems(items, OPTIONS).bootstrap ?? {};
    const ratio = (high - low) / 2 / resolutionOf(sizes).halfWidth;
    expect(ratio).toBeGreaterThan(0.95);
    expect(ratio).toBeLessThan(1.25); // so small categories tell their own spread badly
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
