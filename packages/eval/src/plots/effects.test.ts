import { describe, expect, it } from "vitest";
import type { Effect } from "../controls/effect.ts";
import { plotEffects, type PlotEffectsOptions } from "./effects.ts";

/** A made-up effect, no measurement. */
function effect(layer: number, mean: number | null): Effect {
  const ends = mean === null ? null : { low: mean - 0.1, high: mean + 0.1 };
  const change = mean === null ? null : { mean, t: ends, bootstrap: ends };
  return { from: -1, to: 1, layer, n: 50, change, confidence: 0.95, letterMass: 0.75 };
}

const OPTIONS: PlotEffectsOptions = {
  behavior: "sycophancy",
  model: "SmolLM2-135M-Instruct",
  effects: [0, 1, 2, 3, 4].map((layer) => effect(layer, 0.6 * Math.exp(-((layer - 3) ** 2)))),
  controls: ["random-1", "random-2"].map((name, i) => ({
    name,
    effects: [0, 1, 2, 3, 4].map((layer) => effect(layer, (i - 0.5) * 0.1 * (layer % 2))),
  })),
  controlsAre: "2 random directions of the same norm",
};

describe("plotEffects", () => {
  it("draws the picture that was looked at, with its figures", async () => {
    const { name, svg, csv } = await plotEffects(OPTIONS);
    expect(name).toBe("effects_behavior=sycophancy");
    await expect(svg).toMatchFileSnapshot("../../test/golden/effects.svg");
    await expect(csv).toMatchFileSnapshot("../../test/golden/effects.csv");
  });

  it("leaves a gap where nothing was scored, and takes names of any kind", async () => {
    const { name, svg, csv } = await plotEffects({
      ...OPTIONS,
      behavior: "../a & <b>",
      effects: [effect(0, 0.1), effect(1, null)],
      controls: [],
    });
    expect(name).toBe("effects_behavior=.._a____b_");
    expect(svg).toContain("a &amp; &lt;b&gt;: what +1 instead of -1 does");
    expect(svg).not.toContain("NaN");
    expect(csv).toMatch(/^,1,-1\.0,1\.0,50,,,,,,0\.75$/m);
  });

  it("refuses an empty plot", async () => {
    await expect(plotEffects({ ...OPTIONS, effects: [] })).rejects.toMatchObject({
      code: "empty-selection",
    });
  });
});
