import { tuneResultSchema, type TuneResult } from "@caa/eval";
import { expect, it } from "vitest";
import { gridTable } from "./tuning-tables.ts";
import { findingInWords } from "./tuning-words.ts";

const summary = (mean: number) => ({ mean, t: null, bootstrap: { low: mean, high: mean } });
const cell = (multiplier: number, gain: number, mass: number) => ({
  layer: 3,
  multiplier,
  n: 4,
  gain: summary(gain),
  letterMass: summary(mass),
  dose: 0.1 * multiplier,
});

/** Gains grow with the multiplier; at 4 the letters are gone, at 2 a limit of 0.36 lets pass what one of 0.5 would not. */
function madeUp(): TuneResult {
  const check = { guard: "letter_mass", n: 4, value: summary(0.4), limit: 0.36 };
  const passed = { ...check, passed: true, note: null };
  return tuneResultSchema.parse({
    version: 1,
    settings: {
      behavior: "calm",
      model: "fake",
      dtype: "float32",
      promptStyle: "template",
      vectors: "raw",
      positions: "marker",
      layers: [3],
      multipliers: [1, 2, 4],
      controls: 1,
      minGain: 0.05,
      maxCandidates: 5,
      maxNewTokens: 40,
      openEndedItems: 20,
      mmluItems: 200,
      limits: {
        letterMass: 0.5,
        divergence: 0.5,
        perplexityRatio: 1.5,
        repetitionRise: 0.1,
        mmluDrop: 0.05,
      },
      seed: 0,
    },
    hashes: {
      model: "a",
      dataset: "b",
      vectors: null,
      harmless: null,
      openEnded: null,
      mmlu: null,
    },
    items: { choose: 4, report: 4, leftOut: 0 },
    reliability: [],
    grid: [cell(1, 0.1, 0.4), cell(2, 0.2, 0.4), cell(4, 0.6, 0.01)],
    candidates: [{ layer: 3, multiplier: 2, checks: [passed], passed: true }],
    chosen: { layer: 3, multiplier: 2, plan: "calm:3:2" },
    report: {
      n: 4,
      gain: summary(0.2),
      plain: null,
      steered: null,
      letterMass: summary(0.4),
      dose: 0.2,
      controls: [{ name: "raw-random-1", layer: 3, change: 0 }],
      chance: 0.5,
    },
    refusals: [],
  });
}

it("names the largest gain of those that keep the letters, and what was out before a guard was asked", () => {
  const lines = findingInWords(madeUp());
  expect(lines).toContain(
    "why: the largest gain on the items that were chosen on, +0.200 at layer 3 x 2",
  );
  expect(lines).toContain("rejected: letter mass below 0.36: layer 3 x 4");
});

it("marks in the table what the guard does not let pass, no more", () => {
  expect(gridTable(madeUp())).toMatch(/\+0\.100 .*\+0\.200 .*\+0\.600!/);
});
