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
