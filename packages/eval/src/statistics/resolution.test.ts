import { describe, expect, it } from "vitest";
import { resolutionOf } from "./resolution.ts";

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

  it.each([1, 0, 2.5, Number.NaN])("refuses %s items", (n) => {
    expect(() => resolutionOf(n)).toThrow(/2 items or more/);
  });
});
