import { createRandom } from "@caa/core";
import { describe, expect, it } from "vitest";
import { plotActivations, type PlotActivationsOptions } from "./plot-activations.ts";

/** Made-up activations in which the letter is the first component and the answer the second. */
function madeUp(pairs: number): PlotActivationsOptions {
  const random = createRandom(3);
  const letters = Array.from({ length: pairs }, (_, i) =>
    i % 2 === 0 ? { positive: "A", negative: "B" } : { positive: "B", negative: "A" },
  );
  const row = (letter: string, answer: number): Float32Array =>
    Float32Array.from({ length: 8 }, (_, i) => {
      const mean = i === 0 ? (letter === "A" ? 3 : -3) : i === 1 ? 1.5 * answer : 0;
      return mean + 2 * random.uniform() - 1;
    });
  return {
    behavior: "calm",
    model: "fake--model",
    layer: 4,
    positive: letters.map(({ positive }) => row(positive, 1)),
    negative: letters.map(({ negative }) => row(negative, -1)),
    letters,
  };
}

describe("plotActivations", () => {
  it("draws the picture that was looked at", async () => {
    const plot = await plotActivations(madeUp(30));
    expect(plot.name).toBe("activations_layer=4_behavior=calm_model=fake--model");
    await expect(plot.svg).toMatchFileSnapshot("../../test/golden/activations.svg");
    await expect(plot.csv).toMatchFileSnapshot("../../test/golden/activations.csv");
  });

  it("draws some of many pairs, and has the figures of all", async () => {
    const { svg, csv } = await plotActivations(madeUp(1100));
    expect(svg).toContain("n = 1100 pairs, every third pair drawn");
    expect(csv.split("\n")).toHaveLength(2202);
    expect(svg.match(/<path[^>]*transform="translate/g)?.length).toBeLessThan(760);
  });

  it("says nothing of letters that are not known", async () => {
    const { svg } = await plotActivations({ ...madeUp(4), letters: null });
    expect(svg).toContain("not known");
    expect(svg).not.toContain("the letter");
  });
});
