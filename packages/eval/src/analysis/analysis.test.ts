import { cosine, createRandom, norm, pca, SteeringVectors } from "@caa/core";
import { madeUpVectors } from "@caa/core/testing";
import { describe, expect, it } from "vitest";
import { activationsPca } from "./activations-pca.ts";
import { mostReliableLayer, reliability } from "./reliability.ts";
import { behaviorSimilarity, layerSimilarity, modelSimilarity } from "./similarity.ts";
import { vectorsPca } from "./vectors-pca.ts";

const sets = ["kind", "calm", "brave"].map((behavior, i) =>
  madeUpVectors({ layers: [0, 2, 5], dModel: 16, seed: i + 1, metadata: { behavior } }),
);
const [kind, calm] = [sets[0] ?? madeUpVectors(), sets[1] ?? madeUpVectors()];

/** The vectors with one of them zero. */
function withZero(vectors: SteeringVectors, layer: number): SteeringVectors {
  return vectors.scaled((one) => (one === layer ? 0 : 1));
}

describe("similarity", () => {
  it("is the cosine of every two layers, one on the diagonal", () => {
    const { rows, columns, values } = layerSimilarity(kind);
    expect([rows, columns]).toEqual([kind.layers, kind.layers]);
    expect(values).toHaveLength(9);
    expect(values[1 * 3 + 2]).toBeCloseTo(cosine(kind.vector(2), kind.vector(5)), 12);
    expect([values[0], values[4], values[8]].map((value) => value?.toFixed(9))).toEqual(
      Array(3).fill("1.000000000"),
    );
  });

  it("knows nothing of zero vectors", () => {
    const { values } = layerSimilarity(withZero(kind, 2));
    const withoutCosine = [...values.keys()].filter((at) => values[at] === null);
    expect(withoutCosine).toEqual([1, 3, 4, 5, 7]);
  });

  it("is between behaviors at one layer, of those that have it", () => {
    const short = madeUpVectors({ layers: [2], dModel: 16, metadata: { behavior: "short" } });
    expect(behaviorSimilarity([...sets, short], 2).rows).toEqual([
      "kind",
      "calm",
      "brave",
      "short",
    ]);
    const grid = behaviorSimilarity([...sets, short], 0);
    expect(grid.rows).toEqual(["kind", "calm", "brave"]);
    expect(grid.values[1]).toBeCloseTo(cosine(kind.vector(0), calm.vector(0)), 12);
  });

  it("refuses files of two models, and of two ways of prompting", () => {
    for (const metadata of [{ modelHash: "ffff" }, { promptStyle: "template" }]) {
      const other = madeUpVectors({ layers: [0], dModel: 16, metadata });
      expect(() => behaviorSimilarity([kind, other], 0)).toThrow(
        expect.objectContaining({ code: "incompatible-vector" }),
      );
    }
  });

  it("is between the layers of two models, sizes permitting", () => {
    const other = madeUpVectors({
      layers: [1, 2],
      dModel: 16,
      seed: 9,
      metadata: { behavior: "kind", modelId: "other/model" },
    });
    const grid = modelSimilarity(kind, other);
    expect([grid.rows, grid.columns]).toEqual([
      [0, 2, 5],
      [1, 2],
    ]);
    expect(grid.values[3]).toBeCloseTo(cosine(kind.vector(2), other.vector(2)), 12);
    expect(() =>
      modelSimilarity(kind, madeUpVectors({ dModel: 8, metadata: { behavior: "kind" } })),
    ).toThrow(expect.objectContaining({ code: "shape-mismatch" }));
    expect(() => modelSimilarity(kind, calm)).toThrow(/one behavior, got kind and calm/);
  });
});

describe("reliability", () => {
  it("sets the halves' cosine beside the cosines of all pairs of shuffles", () => {
    const [first] = reliability(kind);
    const [a, b] = kind.halves ?? [];
    const empty = new Float32Array();
    expect(first?.splitHalf).toBeCloseTo(cosine(a?.get(0) ?? empty, b?.get(0) ?? empty), 12);
    expect(first?.norm).toBe(norm(kind.vector(0)));
    const cosines: number[] = [];
    for (let i = 0; i < 5; i++) {
      for (let j = i + 1; j < 5; j++) {
        const [one, two] = [kind.shuffles[i]?.get(0), kind.shuffles[j]?.get(0)];
        cosines.push(cosine(one ?? empty, two ?? empty));
      }
    }
    expect(first?.splitHalfChance).toMatchObject({ n: 10 });
    expect(first?.splitHalfChance?.low).toBeCloseTo(Math.min(...cosines), 12);
    expect(first?.splitHalfChance?.high).toBeCloseTo(Math.max(...cosines), 12);
    expect(first?.normChance?.n).toBe(5);
  });

  it("finds the layer whose halves agree, and is null without halves", () => {
    const layer = (values: readonly number[]): Map<number, Float32Array> =>
      new Map([
        [0, Float32Array.of(1, 0)],
        [7, Float32Array.from(values)],
      ]);
    const vectors = new SteeringVectors({
      vectors: layer([1, 1]),
      halves: [
        layer([1, 1]),
        new Map([
          [0, Float32Array.of(0, 1)],
          [7, Float32Array.of(1, 0)],
        ]),
      ],
      metadata: kind.metadata,
    });
    const found = mostReliableLayer(reliability(vectors));
    expect(found?.layer).toBe(7);
    expect(found?.splitHalf).toBeCloseTo(Math.SQRT1_2, 6);
    expect(found?.wholeSet).toBeCloseTo((2 * Math.SQRT1_2) / (1 + Math.SQRT1_2), 6);
    expect(found?.splitHalfChance).toBeNull();
    const { metadata } = kind;
    const bare = new SteeringVectors({ vectors: layer([1, 1]), metadata });
    expect(mostReliableLayer(reliability(bare))).toBeNull();
  });

  it("calls half and half of pure noise chance most of the time", () => {
    // Halves and shuffles of random vectors are alike: about one in eleven splits lies above all ten cosines.
    const above = Array.from({ length: 100 }, (_, seed) =>
      reliability(madeUpVectors({ layers: [0], dModel: 64, seed })),
    ).filter(([one]) => (one?.splitHalf ?? 0) > (one?.splitHalfChance?.high ?? 1)).length;
    expect(above).toBeGreaterThan(1);
    expect(above).toBeLessThan(22);
  });
});

describe("vectorsPca", () => {
  it("is of directions by default, so that length alone changes nothing", () => {
    const longer = kind.scaled((layer) => layer + 1);
    const points = (set: SteeringVectors): readonly string[] =>
      vectorsPca([set]).points.map(({ x, y }) => `${x.toFixed(4)} ${y.toFixed(4)}`);
    expect(points(longer)).toEqual(points(kind));
    const raw = vectorsPca([longer], { of: "vectors" });
    const { projections } = pca(longer.layers.map((layer) => longer.vector(layer)));
    expect(raw.points.map(({ x }) => x)).toEqual(projections.map(([x]) => x));
  });

  it("puts the layers of all models into one plane, without zero vectors", () => {
    const { points, explained } = vectorsPca([withZero(kind, 2), calm], {
      name: ({ behavior }) => `model of ${behavior}`,
    });
    expect(points.map(({ model, layer }) => [model, layer])).toEqual([
      ["model of kind", 0],
      ["model of kind", 5],
      ["model of calm", 0],
      ["model of calm", 2],
      ["model of calm", 5],
    ]);
    expect(explained[0]).toBeGreaterThanOrEqual(explained[1]);
    expect(() => vectorsPca([madeUpVectors()])).toThrow(/three vectors/);
  });
});

describe("activationsPca", () => {
  it("says what each component is about", () => {
    // along the first axis the letter, along the second the answer, and a little noise
    const random = createRandom(1);
    const letters = Array.from({ length: 40 }, (_, i) =>
      i % 2 === 0 ? { positive: "A", negative: "B" } : { positive: "B", negative: "A" },
    );
    const row = (letter: string, answer: number): Float64Array =>
      Float64Array.of(
        (letter === "A" ? 5 : -5) + 0.1 * random.gaussian(),
        2 * answer + 0.1 * random.gaussian(),
        0.1 * random.gaussian(),
      );
    const { points, components } = activationsPca({
      positive: letters.map(({ positive }) => row(positive, 1)),
      negative: letters.map(({ negative }) => row(negative, -1)),
      letters,
    });
    expect(points).toHaveLength(80);
    expect(points[2]).toMatchObject({ pair: 1, answer: "positive", letter: "B" });
    expect(components[0].byLetter).toBeGreaterThan(0.99);
    expect(components[0].byAnswer).toBeLessThan(0.01);
    expect(components[1].byAnswer).toBeGreaterThan(0.98);
    expect(components[0].variance).toBeGreaterThan(components[1].variance);
  });

  it("refuses one pair, and sides that do not match", () => {
    const one = [Float64Array.of(1, 2)];
    const two = [...one, ...one];
    const refused = (positive: typeof one, negative: typeof one): unknown => {
      try {
        return activationsPca({ positive, negative, letters: null });
      } catch (error) {
        return error;
      }
    };
    expect(refused(one, one)).toMatchObject({ code: "invalid-argument" });
    expect(refused(two, one)).toMatchObject({ code: "shape-mismatch" });
  });
});
