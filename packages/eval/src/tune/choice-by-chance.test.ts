import { createRandom, meanWithIntervals, type Random } from "@caa/core";
import { describe, expect, it } from "vitest";
import type { MeanSummary } from "../results/summary-schema.ts";
import { nextCandidate } from "./next-candidate.ts";
import { judgeReport } from "./verdict.ts";

const LAYERS = 8;
const PLANTED = 4;
const MULTIPLIERS = [0.5, 1, 1.5, 2];
const ITEMS = 25;
const CONTROLS = 19;
const MIN_GAIN = 0.05;
const REPEATS = 300;

interface World {
  /** What the vector does at the planted layer, for one unit of the multiplier. */
  readonly planted: number;
  /** Standard deviation of what any direction does at any layer, the vector's included. */
  readonly any: number;
  /** Standard deviation of one item around that. */
  readonly items: number;
}

/** Of each item at each layer: how far one unit of the multiplier moves it. */
type Slopes = ReadonlyArray<readonly number[]>;

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

function drawDirection(random: Random, { any, items }: World, planted: number) {
  const effects = Array.from(
    { length: LAYERS },
    (_, layer) => any * random.gaussian() + (layer === PLANTED ? planted : 0),
  );
  const half = (): Slopes =>
    effects.map((effect) =>
      Array.from({ length: ITEMS }, () => effect + items * random.gaussian()),
    );
  return { choose: half(), report: half() };
}

const summaryOf = (values: readonly number[]): MeanSummary =>
  meanWithIntervals(values, { resamples: 400 });

/** What a tuning does with the figures of one made-up world, the guard aside. */
function tune(random: Random, world: World) {
  const vector = drawDirection(random, world, world.planted);
  const controls = Array.from({ length: CONTROLS }, () => drawDirection(random, world, 0));
  const gainsAt = (slopes: Slopes, layer: number, multiplier: number): readonly number[] =>
    (slopes[layer] ?? []).map((slope) => multiplier * slope);
  const grid = vector.choose.flatMap((_, layer) =>
    MULTIPLIERS.map((multiplier) => {
      const gains = gainsAt(vector.choose, layer, multiplier);
      return { layer, multiplier, gain: { mean: mean(gains) }, gains, dose: multiplier };
    }),
  );
  const chosen = nextCandidate(grid, MIN_GAIN);
  if (chosen === null) {
    return { layer: null, recommended: false, naive: false };
  }
  const { layer, multiplier } = chosen;
  const changes = controls.map(({ choose, report }) => {
    const sizes = choose.map((slopes) => Math.abs(mean(slopes)));
    return mean(gainsAt(report, sizes.indexOf(Math.max(...sizes)), multiplier));
  });
  const { refusals } = judgeReport(
    summaryOf(gainsAt(vector.report, layer, multiplier)),
    changes,
    MIN_GAIN,
  );
  const seen = summaryOf(gainsAt(vector.choose, layer, multiplier));
  return { layer, recommended: refusals.length === 0, naive: (seen.bootstrap?.low ?? 0) > 0 };
}

function shareOf(world: World, holds: (outcome: ReturnType<typeof tune>) => boolean): number {
  const random = createRandom(7);
  const outcomes = Array.from({ length: REPEATS }, () => tune(random, world));
  return outcomes.filter(holds).length / REPEATS;
}

// 0.05 in 300 repeats has a standard error of 0.013.
describe("a choice among 32 cells", () => {
  const recommended = (outcome: ReturnType<typeof tune>): boolean => outcome.recommended;

  it("is seldom recommended where there is no effect, though it looks like one where it was chosen", () => {
    const world: World = { planted: 0, any: 0, items: 0.3 };
    expect(shareOf(world, recommended)).toBeLessThan(0.05);
    expect(shareOf(world, ({ naive }) => naive)).toBeGreaterThan(0.1);
  });

  it("is seldom recommended where any direction does as much as the vector", () => {
    expect(shareOf({ planted: 0, any: 0.1, items: 0.2 }, recommended)).toBeLessThan(0.05);
    expect(shareOf({ planted: 0, any: 0.3, items: 0.1 }, recommended)).toBeLessThan(0.05);
  });

  it("is the planted layer where there is one", () => {
    const world: World = { planted: 0.3, any: 0.03, items: 0.3 };
    const found = shareOf(world, ({ layer, recommended: is }) => is && layer === PLANTED);
    expect(found).toBeGreaterThan(0.95);
  });
});
