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
  readonly planted?: number;
  /** Standard deviation of what any direction does at any layer, for one unit of the multiplier, the vector's included. */
  readonly any: number;
  /** The same of what each multiplier does of its own, so that an effect need not grow with the multiplier. */
  readonly own?: number;
  /** Standard deviation of one item around that, for one unit of the multiplier. */
  readonly items: number;
}

/** What a direction does at a layer and a multiplier. */
interface Place {
  readonly layer: number;
  readonly multiplier: number;
  /** In truth, of which items are a sample. */
  readonly effect: number;
  /** Of the items of both halves. */
  readonly choose: readonly number[];
  readonly report: readonly number[];
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** A direction at every layer and some multipliers. */
function drawDirection(
  random: Random,
  { any, own = 0, items }: World,
  multipliers: readonly number[],
  planted = 0,
): readonly Place[] {
  return Array.from({ length: LAYERS }, (_, layer) => layer).flatMap((layer) => {
    const slope = any * random.gaussian() + (layer === PLANTED ? planted : 0);
    const half = (): readonly number[] => Array.from({ length: ITEMS }, () => random.gaussian());
    const halves = { choose: half(), report: half() };
    return multipliers.map((multiplier) => {
      const effect = multiplier * (slope + own * random.gaussian());
      const at = (spread: number): number => effect + multiplier * items * spread;
      const { choose, report } = halves;
      return { layer, multiplier, effect, choose: choose.map(at), report: report.map(at) };
    });
  });
}

const summaryOf = (values: readonly number[]): MeanSummary =>
  meanWithIntervals(values, { resamples: 400 });

/** What a tuning does with the figures of one made-up world, the guard aside; null where it finds no candidate. */
function tune(random: Random, world: World) {
  const vector = drawDirection(random, world, MULTIPLIERS, world.planted);
  const chosen = nextCandidate(
    vector.map((place) => ({
      ...place,
      gain: { mean: mean(place.choose) },
      gains: place.choose,
      dose: place.multiplier,
    })),
    MIN_GAIN,
  );
  if (chosen === null) {
    return null;
  }
  const { layer, multiplier, effect } = chosen;
  const changes = Array.from({ length: CONTROLS }, () => {
    const places = drawDirection(random, world, [multiplier]);
    const sizes = places.map(({ choose }) => Math.abs(mean(choose)));
    return mean(places[sizes.indexOf(Math.max(...sizes))]?.report ?? []);
  });
  const [seen, kept] = [summaryOf(chosen.choose), summaryOf(chosen.report)];
  const holdsTruth = ({ bootstrap }: MeanSummary): boolean =>
    bootstrap !== null && bootstrap.low <= effect && effect <= bootstrap.high;
  return {
    layer,
    recommended: judgeReport(kept, changes, MIN_GAIN).refusals.length === 0,
    naive: (seen.bootstrap?.low ?? 0) > 0,
    honest: holdsTruth(kept),
    naivelyHonest: holdsTruth(seen),
  };
}

type Outcome = NonNullable<ReturnType<typeof tune>>;

function outcomesOf(world: World): ReadonlyArray<Outcome | null> {
  const random = createRandom(7);
  return Array.from({ length: REPEATS }, () => tune(random, world));
}

/** The share of repeats in which something is chosen and this holds. */
function shareOf(
  outcomes: ReadonlyArray<Outcome | null>,
  holds: (outcome: Outcome) => boolean,
): number {
  return outcomes.filter((one) => one !== null && holds(one)).length / REPEATS;
}

// 0.05 in 300 repeats has a standard error of 0.013.
describe("a choice among 32 cells", () => {
  const recommended = (outcome: Outcome): boolean => outcome.recommended;

  it("is seldom recommended where there is no effect, and its interval holds that, though not the one of the items chosen on", () => {
    const outcomes = outcomesOf({ any: 0, items: 0.3 });
    expect(shareOf(outcomes, recommended)).toBeLessThan(0.05);
    expect(shareOf(outcomes, ({ naive }) => naive)).toBeGreaterThan(0.1);
    const chosen = outcomes.filter((one) => one !== null);
    expect(chosen.filter(({ honest }) => honest).length / chosen.length).toBeGreaterThan(0.91);
    expect(chosen.filter(({ naivelyHonest }) => naivelyHonest).length / chosen.length).toBeLessThan(
      0.86,
    );
  });

  it("is seldom recommended where any direction does as much as the vector", () => {
    expect(shareOf(outcomesOf({ any: 0.1, items: 0.2 }), recommended)).toBeLessThan(0.05);
    expect(shareOf(outcomesOf({ any: 0.3, items: 0.1 }), recommended)).toBeLessThan(0.05);
  });

  // Controls do not choose a multiplier, so that here a choice by chance has more to choose from than they.
  it("is recommended in no more than about twice as many cases where multipliers have nothing in common", () => {
    const outcomes = outcomesOf({ any: 0, own: 0.3, items: 0.1 });
    expect(shareOf(outcomes, recommended)).toBeLessThan(0.12);
  });

  it("is the planted layer where there is one", () => {
    const outcomes = outcomesOf({ planted: 0.3, any: 0.03, items: 0.3 });
    const found = shareOf(outcomes, ({ layer, recommended: is }) => is && layer === PLANTED);
    expect(found).toBeGreaterThan(0.95);
  });
});
