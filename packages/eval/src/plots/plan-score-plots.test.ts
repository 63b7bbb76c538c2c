import { describe, expect, it } from "vitest";
import { madeUpSettings } from "../../test/made-up-cells.ts";
import { type JudgedCell, planScorePlots } from "./plan-score-plots.ts";

/** A judged cell whose mean follows the multiplier: no measurement. */
function judged(settings: object, mean: number | null, judge = "gpt-4o"): JudgedCell {
  const ends = mean === null ? null : { low: mean - 0.8, high: mean + 0.8 };
  return {
    settings: { ...madeUpSettings(), type: "open_ended", maxNewTokens: 100, ...settings },
    hashes: { model: "a".repeat(64), dataset: "b".repeat(64) },
    judging: { judge: { model: judge } },
    summary: {
      n: mean === null ? 0 : 49,
      mean,
      interval: ends,
      t: ends,
      confidence: 0.95,
      unscored: mean === null ? { refused: 50 } : { unparsable: 1 },
    },
  };
}

const cells = [-1, 0, 1].flatMap((multiplier) => [
  judged({ multiplier }, 4 + 2 * multiplier),
  judged({ multiplier, layer: 9 }, 4),
  judged({ multiplier, system: "Agree.", systemPrompt: "pos" }, 6 + multiplier),
]);

describe("planScorePlots", () => {
  it("draws the picture that was looked at, at the layer where scores change", async () => {
    const [plan, ...more] = planScorePlots(cells);
    expect(more).toEqual([]);
    const plot = await plan?.draw();
    expect(plot?.name).toMatch(/^scores_layer=13_behavior=sycophancy_type=open_ended_/);
    expect(plot?.svg).toContain("judged by gpt-4o");
    expect(plot?.svg).toContain("6 answers could not be scored");
    await expect(plot?.svg).toMatchFileSnapshot("../../test/golden/scores.svg");
    await expect(plot?.csv).toMatchFileSnapshot("../../test/golden/scores.csv");
  });

  it("keeps judges apart, and puts behaviors into one figure", async () => {
    expect(planScorePlots([...cells, judged({}, 5, "other")])).toHaveLength(2);
    const plans = planScorePlots([...cells, judged({ behavior: "refusal" }, 5)], { layer: 13 });
    expect(plans.map(({ kind }) => kind)).toEqual(["scores", "scores", "behaviors-scores"]);
    const plot = await plans.at(-1)?.draw();
    expect(plot?.latex).toContain("refusal &  &  & 5.00 [4.20, 5.80]");
  });

  it("compares the model as it is with what was trained from it", async () => {
    const trained = judged({ multiplier: 0, overrideWeights: "pos" }, 8);
    const all = [...cells, { ...trained, hashes: { ...trained.hashes, model: "d".repeat(64) } }];
    const plans = planScorePlots(all, { title: "Judged" });
    expect(plans.map(({ kind }) => kind)).toEqual(["scores", "scores", "fine-tuning"]);
    const plot = await plans[2]?.draw();
    expect(plot?.name).toMatch(/^fine-tuning_layer=13_behavior=sycophancy_type=open_ended_/);
    expect(plot?.table).toEqual([
      ["weights", "-1", "0", "+1"],
      ["as it is", "2.00 [1.20, 2.80]", "4.00 [3.20, 4.80]", "6.00 [5.20, 6.80]"],
      ["fine-tuned: pos", "", "8.00 [7.20, 8.80]", ""],
    ]);
    expect(plot?.svg).toMatch(
      />Judged<.*>sycophancy: mean score with and without fine-tuning, layer 13</,
    );
  });

  it("gives every plot its own name, also those of several judges", async () => {
    const plans = planScorePlots([...cells, judged({}, 5, "other")]);
    const names = [];
    for (const { draw } of plans) {
      names.push((await draw()).name);
    }
    expect(names[1]).toBe(`${names[0]}_2`);
  });

  it("leaves a gap where nothing was scored, and refuses other settings", async () => {
    const [plan] = planScorePlots([judged({}, null), judged({ multiplier: 0 }, 3)]);
    const plot = await plan?.draw();
    expect(plot?.svg).not.toContain("NaN");
    expect(plot?.csv).toMatch(/,13,1\.0,0,50,,,,,,\n/);
    expect(() => planScorePlots([{ ...judged({}, 1), settings: { type: "ab" } }])).toThrow(
      expect.objectContaining({ code: "invalid-data" }),
    );
  });
});
