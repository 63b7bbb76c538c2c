import { cosine, norm } from "@caa/core";
import { describe, expect, it } from "vitest";
import {
  createPlantedModel,
  D_MODEL,
  plantedItems,
  plantedVectors,
} from "../../test/planted-model.ts";
import { generateVectors } from "../vectors/generate-vectors.ts";
import { randomControl, shuffledControl, vectorsOfControl } from "./control.ts";

const vectors = plantedVectors().scaled((layer) => layer + 0.5);

describe("randomControl", () => {
  it("keeps layers, norms and what made the vectors, and turns them", () => {
    const { name, vectors: control } = randomControl(vectors, 7);
    expect(name).toBe("raw-random-7");
    expect(control.layers).toEqual(vectors.layers);
    expect(control.metadata).toEqual({ ...vectors.metadata, contentHash: null });
    for (const layer of vectors.layers) {
      expect(norm(control.vector(layer))).toBeCloseTo(layer + 0.5, 5);
      expect(Math.abs(cosine(control.vector(layer), vectors.vector(layer)))).toBeLessThan(0.95);
    }
  });

  it("names normalized vectors apart: results of both may lie in one store", () => {
    const normalization = { behaviors: ["agreeing"], targetNorm: { "0": 1 } };
    expect(
      randomControl(
        vectors.scaled(() => 1, { normalization }),
        1,
      ).name,
    ).toBe("normalized-random-1");
  });

  it("is the same again for a seed, whatever other layers there are", () => {
    const alone = randomControl(
      plantedVectors({ layers: [2] }).scaled(() => 2.5),
      3,
    ).vectors;
    expect(alone.vector(2)).toEqual(randomControl(vectors, 3).vectors.vector(2));
  });

  it("points elsewhere for every seed and layer, with no direction preferred", () => {
    const all = Array.from({ length: 100 }, (_, seed) => randomControl(vectors, seed).vectors);
    const directions = all.flatMap((one) => one.layers.map((layer) => one.vector(layer)));
    expect(new Set(directions.map(String)).size).toBe(400);
    const sum = new Float64Array(D_MODEL);
    for (const direction of directions) {
      const length = norm(direction);
      direction.forEach((x, i) => (sum[i] = (sum[i] ?? 0) + x / length / directions.length));
    }
    expect(norm(sum)).toBeLessThan(0.12); // about 1 / sqrt(400) = 0.05 expected
  });

  it("stays zero for a zero vector, and refuses a seed that is none", () => {
    const zero = plantedVectors({ layers: [0] }).scaled(() => 0);
    expect(norm(randomControl(zero, 1).vectors.vector(0))).toBe(0);
    for (const seed of [0.5, Number.NaN, Number.MAX_SAFE_INTEGER]) {
      expect(() => randomControl(vectors, seed)).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
    }
  });
});

describe("vectorsOfControl", () => {
  it("knows the names that controls get, and no others", () => {
    for (const seed of [0, 3, -7]) {
      expect(vectorsOfControl(randomControl(vectors, seed).name)).toBe("raw");
    }
    expect(vectorsOfControl("normalized-shuffled-0")).toBe("normalized");
    expect(vectorsOfControl("raw")).toBeNull();
    expect(vectorsOfControl("random-1")).toBeNull();
  });
});

describe("shuffledControl", () => {
  it("is what the pairs give with shuffled labels, at its own length", async () => {
    const made = await generateVectors(createPlantedModel(), plantedItems(200));
    const control = shuffledControl(made, 1);
    expect(control?.name).toBe("raw-shuffled-1");
    for (const layer of made.layers) {
      expect(control?.vectors.vector(layer)).toEqual(made.shuffles[1]?.get(layer));
      const share =
        norm(control?.vectors.vector(layer) ?? new Float32Array()) / norm(made.vector(layer));
      expect(share).toBeLessThan(3 / Math.sqrt(200));
    }
  });

  it("is null where the vectors do not have it", () => {
    expect(shuffledControl(vectors)).toBeNull();
  });
});
