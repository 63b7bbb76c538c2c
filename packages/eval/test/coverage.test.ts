import { createRandom, type Random } from "@caa/core";
import { describe, expect, it } from "vitest";
import { effectsByLayer } from "../src/controls/effect.ts";
import type { MeanSummary } from "../src/results/summary-schema.ts";
import { type ItemValue, meanOverItems } from "../src/statistics/mean-over-items.ts";
import { scoredCell } from "./made-up-cells.ts";

const ROUNDS = 600;
/** In %: three binomial standard errors, 3 sqrt(0.95 * 0.05 / 600). */
const TOLERANCE = 2.67;

/** How often the bootstrap interval of a made-up experiment holds the true value, in %. */
function coverage(truth: number, experiment: () => MeanSummary | null | undefined): number {
  let held = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { low, high } = experiment()?.bootstrap ?? { low: Number.NaN, high: Number.NaN };
    held += low <= truth && truth <= high ? 1 : 0;
  }
  return (100 * held) / ROUNDS;
}

/** p(matching) of a mean m that leans to 0 or 1: `u^k` has mean `1 / (k + 1)`. */
const score = (random: Random, m: number): number =>
  m < 0.5 ? random.uniform() ** (1 / m - 1) : 1 - random.uniform() ** (1 / (1 - m) - 1);

describe("95 % intervals of results hold the true value in 95 % of cases", () => {
  const summary = (items: readonly ItemValue[], random: Random): MeanSummary =>
    meanOverItems(items, { confidence: 0.95, seed: random.integer(1e6) });

  it("the mean of p(matching) of 50 items that a vector turns", () => {
    const random = createRandom(31);
    const item = (): ItemValue => ({ value: score(random, 0.8), category: null });
    const held = coverage(0.8, () => summary(Array.from({ length: 50 }, item), random));
    expect(Math.abs(held - 95)).toBeLessThan(TOLERANCE);
  });

  it("the change between two multipliers, of 50 items with an ease of their own", () => {
    const random = createRandom(32);
    const held = coverage(0.6, () => {
      const eases = Array.from({ length: 50 }, () => 0.3 + 0.2 * random.uniform()); // means at multiplier 0
      const cells = [-1, 1].map((multiplier) => {
        const shift = multiplier < 0 ? -0.2 : 0.4;
        const scores = eases.map((ease) => score(random, ease + shift));
        return scoredCell(2, multiplier, scores);
      });
      return effectsByLayer(cells, { from: -1, to: 1 })[0]?.change;
    });
    expect(Math.abs(held - 95)).toBeLessThan(TOLERANCE);
  });

  it("the mean over categories with few items, and with many", () => {
    const random = createRandom(34);
    const sizes = [4, 6, 8, 10, 20, 4, 6, 8];
    const held = coverage(0.53, () => {
      const items = sizes.flatMap((n, k) =>
        Array.from({ length: n }, () => ({
          value: score(random, 0.25 + 0.08 * k),
          category: `category ${k}`,
        })),
      );
      return summary(items, random);
    });
    expect(Math.abs(held - 95)).toBeLessThan(TOLERANCE);
  });

  it("the mean over all categories of a kind, of which eight are drawn: the t interval, not the bootstrap", () => {
    const random = createRandom(35);
    let held = 0;
    const within = coverage(0.5, () => {
      const items = Array.from({ length: 8 }, (_, k) => {
        const mean = 0.3 + 0.4 * random.uniform();
        return Array.from({ length: 4 + (k % 3) * 4 }, () => ({
          value: score(random, mean),
          category: `category ${k}`,
        }));
      }).flat();
      const found = summary(items, random);
      const { low, high } = found.t ?? { low: Number.NaN, high: Number.NaN };
      held += low <= 0.5 && 0.5 <= high ? 1 : 0;
      return found;
    });
    expect(Math.abs((100 * held) / ROUNDS - 95)).toBeLessThan(TOLERANCE);
    expect(within).toBeLessThan(95 - TOLERANCE);
  });
});
