import { expect, it } from "vitest";
import type { GridCell } from "../tune/grid.ts";
import { GUARD_LIMITS } from "../tune/guard.ts";
import { TUNE_VERSION, type TuneResult } from "../tune/tune-result.ts";
import { plotTuning } from "./plot-tuning.ts";

/** A result whose gains peak at layer 3: no measurement. */
function madeUpTuning(changes: Partial<TuneResult> = {}): TuneResult {
  const interval = (mean: number) => ({ low: mean - 0.05, high: mean + 0.05 });
  const summary = (mean: number) => ({ mean, t: interval(mean), bootstrap: interval(mean) });
  const layers = [1, 2, 3, 4];
  const multipliers = [-1, 0.5, 2];
  return {
    version: TUNE_VERSION,
    settings: {
      behavior: "calm",
      model: "fake/model",
      dtype: "float32",
      promptStyle: "template",
      vectors: "raw",
      positions: "marker",
      layers,
      multipliers,
      controls: 19,
      minGain: 0.05,
      maxCandidates: 5,
      limits: GUARD_LIMITS,
      maxNewTokens: 40,
      openEndedItems: 20,
      mmluItems: 200,
      seed: 0,
    },
    hashes: {
      model: "a".repeat(64),
      dataset: "b".repeat(64),
      vectors: null,
      harmless: null,
      openEnded: null,
      mmlu: null,
    },
    items: { choose: 25, report: 25, leftOut: 0 },
    reliability: [],
    grid: layers.flatMap((layer) =>
      multipliers.map((multiplier): GridCell => {
        const mean =
          0.15 * Math.abs(multiplier) * (layer === 3 ? 1 : 0.2) - (layer === 1 ? 0.1 : 0);
        const gain = layer === 4 && multiplier === 2 ? null : summary(mean);
        return {
          layer,
          multiplier,
          n: 25,
          gain,
          letterMass: summary(0.9),
          dose: 0.1 * Math.abs(multiplier),
        };
      }),
    ),
    candidates: [],
    chosen: { layer: 3, multiplier: 2, plan: "calm:3:2" },
    report: null,
    refusals: [],
    ...changes,
  };
}

it("draws what was chosen from, with its figures", async () => {
  const { name, svg, csv } = await plotTuning(madeUpTuning(), "tuning");
  expect(name).toBe("tuning");
  await expect(svg).toMatchFileSnapshot("../../test/golden/tuning.svg");
  await expect(csv).toMatchFileSnapshot("../../test/golden/tuning.csv");
  expect(svg).toContain("recommended: layer 3, multiplier 2");
});

it("says when nothing is recommended, and draws nothing of nothing", async () => {
  const { svg } = await plotTuning(madeUpTuning({ refusals: ["covers-zero"] }), "tuning");
  expect(svg).toContain("nothing is recommended");
  await expect(plotTuning(madeUpTuning({ grid: [] }), "tuning")).rejects.toMatchObject({
    code: "empty-selection",
  });
});
