import { describe, expect, it } from "vitest";
import {
  createPlantedModel,
  D_MODEL,
  plantedDirection,
  plantedItems,
} from "../../test/planted-model.ts";
import { generateVectors, type PairActivation } from "./generate-vectors.ts";

describe("generateVectors", () => {
  it("finds the planted direction at every layer, in both halves, and in no shuffle", async () => {
    const vectors = await generateVectors(createPlantedModel(), plantedItems(200), {
      layers: [3, 0, 1],
    });
    expect(vectors.layers).toEqual([0, 1, 3]);
    expect(vectors.metadata).toMatchObject({
      behavior: "agreeing",
      modelId: "planted",
      pairCount: 200,
      datasetHash: "d".repeat(64),
      normalization: null,
    });
    for (const layer of vectors.layers) {
      const found = [
        vectors.vector(layer),
        ...(vectors.halves ?? []).map((half) => half.get(layer)),
      ];
      expect(found).toHaveLength(3);
      for (const vector of found) {
        // positive - negative is twice the direction
        expect(dot(vector, plantedDirection(layer))).toBeCloseTo(2, 5);
      }
      for (const shuffle of vectors.shuffles) {
        expect(Math.abs(dot(shuffle.get(layer), plantedDirection(layer)))).toBeLessThan(0.6);
      }
    }
    expect(vectors.shuffles).toHaveLength(5);
  });

  it("gives each pair's activations in order and waits for who takes them", async () => {
    const seen: PairActivation[] = [];
    const progress: number[] = [];
    await generateVectors(createPlantedModel(), plantedItems(9), {
      layers: [2],
      limit: 4,
      onActivation: async (activation) => {
        await Promise.resolve();
        seen.push(activation);
      },
      onProgress: ({ done, total }) => progress.push(done / total),
    });
    expect(
      seen.map(({ index, item, positiveToken }) => [index, item.matchingLetter, positiveToken]),
    ).toEqual([
      [0, "A", "A"],
      [1, "B", "B"],
      [2, "C", "C"],
      [3, "B", "B"],
    ]);
    expect(seen[0]?.positive).toHaveLength(D_MODEL);
    expect(progress).toEqual([0.25, 0.5, 0.75, 1]);
  });

  it("stops when told", async () => {
    const abort = new AbortController();
    const model = createPlantedModel();
    const made = generateVectors(model, plantedItems(9), {
      signal: abort.signal,
      onProgress: ({ done }) => done === 3 && abort.abort(),
    });
    await expect(made).rejects.toMatchObject({ code: "aborted" });
    expect(model.prompts).toBe(3);
  });

  it.each([
    ["no layers", { layers: [] }, "empty-selection"],
    ["a layer past the model", { layers: [4] }, "invalid-argument"],
    ["limit 0", { limit: 0 }, "invalid-argument"],
  ])("refuses %s", async (_, options, code) => {
    await expect(
      generateVectors(createPlantedModel(), plantedItems(2), options),
    ).rejects.toMatchObject({ code });
  });

  it("refuses an empty set", async () => {
    const empty = { ...plantedItems(1), items: [] };
    await expect(generateVectors(createPlantedModel(), empty)).rejects.toMatchObject({
      code: "empty-selection",
    });
  });
});

function dot(a: Float32Array | undefined, b: Float32Array): number {
  return (a ?? b).reduce((sum, x, i) => sum + x * (b[i] ?? 0), 0);
}
