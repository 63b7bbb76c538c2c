import { describe, expect, it } from "vitest";
import type { MeanSummary } from "../results/summary-schema.ts";
import { judgeReport } from "./verdict.ts";

const gain = (mean: number, low: number | null): MeanSummary => ({
  mean,
  t: null,
  bootstrap: low === null ? null : { low, high: 2 * mean - low },
});

describe("judgeReport", () => {
  it("recommends what is off zero, large enough and farther than every control", () => {
    expect(judgeReport(gain(0.3, 0.1), [0.1, -0.29], 0.05)).toEqual({
      refusals: [],
      chance: 1 / 3,
    });
  });

  it.each([
    ["an interval that reaches zero", gain(0.3, 0), [0.1], ["covers-zero"]],
    ["no interval", gain(0.3, null), [0.1], ["covers-zero"]],
    ["too small a gain", gain(0.049, 0.01), [0.01], ["small-gain"]],
    ["a control as far", gain(0.3, 0.1), [0.3, 0.1], ["within-controls"]],
    ["a control as far the other way", gain(0.3, 0.1), [-0.3], ["within-controls"]],
    ["no control", gain(0.3, 0.1), [], ["within-controls"]],
    ["the wrong way", gain(-0.3, -0.4), [0.1], ["covers-zero", "small-gain", "within-controls"]],
  ] as const)("refuses %s", (_, measured, controls, refusals) => {
    expect(judgeReport(measured, controls, 0.05).refusals).toEqual(refusals);
  });

  it("counts the choice among the directions that come so far", () => {
    expect(judgeReport(gain(0.3, 0.1), [0.4, -0.5, 0.1], 0.05).chance).toBe(3 / 4);
  });
});
