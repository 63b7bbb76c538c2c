import { describe, expect, it } from "vitest";
import { madeUpVectors } from "@caa/core/testing";
import { driftingVectors } from "../../test/drifting-vectors.ts";
import { plotNorms, plotReliability } from "./plot-reliability.ts";
import {
  plotBehaviorSimilarity,
  plotLayerSimilarity,
  plotModelSimilarity,
} from "./plot-similarity.ts";
import { plotVectorsPca } from "./plot-vectors-pca.ts";
import type { NamedVectors } from "./vectors-subtitle.ts";

const named = (behavior: string, seed: number, model = "fake--model"): NamedVectors => ({
  model,
  vectors: driftingVectors(behavior, seed),
});
const files = [named("calm", 1), named("kind", 2), named("brave", 3)];
const [calm = named("calm", 1), kind = named("kind", 2)] = files;
const others = [named("calm", 1, "other"), named("kind", 7, "other")];

describe("plots of vectors", () => {
  it.each([
    ["layer-similarity", () => plotLayerSimilarity(calm), "behavior=calm_model=fake--model"],
    ["behavior-similarity", () => plotBehaviorSimilarity(files), "model=fake--model"],
    [
      "behavior-similarity-layer",
      () => plotBehaviorSimilarity(files, { layer: 3 }),
      "layer=3_model=fake--model",
    ],
    [
      "model-similarity",
      () =>
        plotModelSimilarity([
          [calm, others[0] ?? calm],
          [kind, others[1] ?? kind],
        ]),
      "model=fake--model_other=other",
    ],
    ["pca", () => plotVectorsPca([calm, named("calm", 5, "other")]), "models=fake--model+other"],
    ["norms", () => plotNorms(files), "model=fake--model"],
    ["reliability", () => plotReliability(files), "model=fake--model"],
  ])("draws the picture of %s that was looked at", async (golden, draw, name) => {
    const plot = await draw();
    expect(plot.name).toContain(name);
    expect(await draw()).toEqual(plot);
    await expect(plot.svg).toMatchFileSnapshot(`../../test/golden/${golden}.svg`);
    expect(plot.csv).not.toContain("NaN");
  });

  it("puts the figures beside it", async () => {
    const { csv } = await plotReliability(files);
    await expect(csv).toMatchFileSnapshot("../../test/golden/reliability.csv");
    expect((await plotNorms(files)).csv).toBe(csv);
    expect((await plotBehaviorSimilarity(files, { layer: 3 })).csv).toMatch(
      /^model,layer,behavior,other_behavior,cosine\nfake--model,3,calm,calm,(1|0\.9+)\d*\nfake--model,3,calm,kind,/,
    );
    expect((await plotVectorsPca([calm])).csv.split("\n")).toHaveLength(1 + 6 + 1);
  });

  it("has cosine 1 on the diagonal of the same vectors in two models", async () => {
    const { csv } = await plotModelSimilarity([[calm, others[0] ?? calm]]);
    const diagonal = csv.split("\n").filter((line) => /,(\d),\1,/.test(line));
    expect(diagonal).toHaveLength(6);
    for (const line of diagonal) {
      expect(Number(line.split(",").at(-1))).toBeCloseTo(1, 12);
    }
  });

  it("says what is missing instead of an empty picture", async () => {
    await expect(plotBehaviorSimilarity([calm])).rejects.toMatchObject({ code: "empty-selection" });
    await expect(plotBehaviorSimilarity(files, { layer: 9 })).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringContaining("has layers 0 1 2 3 4 5"),
    });
    await expect(plotModelSimilarity([])).rejects.toMatchObject({ code: "empty-selection" });
    const vectors = madeUpVectors().scaled(() => 1);
    expect(await plotReliability([{ model: "m", vectors }])).toBeDefined();
  });

  it("takes names of any kind", async () => {
    const { name, svg } = await plotLayerSimilarity({ ...calm, model: "../<b>&" });
    expect(name).toBe("layer-similarity_behavior=calm_model=..--_b__");
    expect(svg).toContain("../&lt;b&gt;&amp;");
  });
});
