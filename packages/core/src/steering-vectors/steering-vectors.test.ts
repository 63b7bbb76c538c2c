import { describe, expect, test } from "vitest";
import { createRandom } from "../random/random.ts";
import { SHUFFLE_COUNT, VectorAccumulator } from "./accumulate.ts";
import { decodeSteeringVectors, encodeSteeringVectors } from "./encode.ts";
import { checkCompatible, UNKNOWN_MODEL_HASH } from "./check-compatible.ts";
import { madeUpVectors } from "../testing/made-up-vectors.ts";
import { FIRST_DIFFERENT_TOKEN, type SteeringVectorsMetadata } from "./metadata.ts";
import { SteeringVectors } from "./steering-vectors.ts";

const origin = {
  behavior: "refusal",
  modelId: "m",
  modelHash: "h",
  architecture: "LlamaForCausalLM",
  layerCount: 6,
  readPosition: FIRST_DIFFERENT_TOKEN,
  dtype: "float32",
  promptStyle: "template",
  system: null,
  datasetName: "d",
  datasetHash: "e",
};
const model = {
  id: "fake/model",
  hash: "0123abcd",
  architecture: "LlamaForCausalLM",
  dModel: 4,
  layerCount: 6,
};

describe("SteeringVectors", () => {
  const { metadata } = madeUpVectors();
  const ones = (n: number): Float32Array => new Float32Array(n).fill(1);

  test("copies what it is given, sorts layers, and cannot be changed", () => {
    const given = Float32Array.of(1, 2);
    const vectors = new SteeringVectors({
      vectors: new Map([
        [7, ones(2)],
        [2, given],
      ]),
      metadata,
    });
    given[0] = 99;
    expect(vectors.layers).toEqual([2, 7]);
    expect([...vectors.vector(2)]).toEqual([1, 2]);
    expect(vectors.vector(2)).toBe(vectors.vector(2));
    expect(Object.isFrozen(vectors.metadata) && Object.isFrozen(vectors.layers)).toBe(true);
    expect(() => vectors.vector(3)).toThrow(/layers 2, 7, got 3/);
  });

  test.each([
    ["no layer", new Map<number, Float32Array>(), "empty-selection"],
    [
      "sizes that differ",
      new Map([
        [0, ones(2)],
        [1, ones(3)],
      ]),
      "shape-mismatch",
    ],
    ["no values", new Map([[0, ones(0)]]), "shape-mismatch"],
    ["a layer that cannot be", new Map([[-1, ones(2)]]), "invalid-argument"],
    [
      "a value that is not finite",
      new Map([[0, Float32Array.of(1, Number.NaN)]]),
      "invalid-argument",
    ],
  ])("refuses %s", (_, vectors, code) => {
    expect(() => new SteeringVectors({ vectors, metadata })).toThrow(
      expect.objectContaining({ code }),
    );
  });

  test("refuses parts of other layers and metadata that breaks its schema", () => {
    const vectors = new Map([[0, ones(2)]]);
    expect(
      () => new SteeringVectors({ vectors, shuffles: [new Map([[1, ones(2)]])], metadata }),
    ).toThrow(/shuffle.0, layer 0/);
    const bad = { ...metadata, pairCount: 0, behavior: "a b" };
    expect(() => new SteeringVectors({ vectors, metadata: bad })).toThrow(
      /(?=.*at least one pair)(?=.*behavior)/s,
    );
  });

  test("scaled rescales every part and says why", () => {
    const vectors = madeUpVectors();
    const normalization = { behaviors: ["sycophancy"], targetNorm: { 3: 1, 5: 2 } };
    const scaled = vectors
      .withContentHash("a".repeat(64))
      .scaled((layer) => layer, { normalization });
    const expected = new Map(
      [...vectors.tensors()].map(([name, values]) => [
        name,
        values.map((x) => x * Number(name.split(".").at(-1))),
      ]),
    );
    expect(new Map(scaled.tensors())).toEqual(expected);
    expect(scaled.metadata).toMatchObject({ normalization, contentHash: null });
  });
});

describe("VectorAccumulator", () => {
  const [layers, dModel, size] = [[2, 9], 3, 6];
  const random = createRandom(11);
  const draw = (): Float32Array => Float32Array.from({ length: size }, () => random.gaussian());
  const pairs = Array.from({ length: 41 }, () => [draw(), draw()] as const);
  const accumulate = (chosen: typeof pairs, shuffleSeed = 5): SteeringVectors => {
    const accumulator = new VectorAccumulator({ layers, dModel, shuffleSeed });
    chosen.forEach(([positive, negative]) => accumulator.add(positive, negative));
    return accumulator.finish(origin);
  };
  /** Row `row` of the plain mean difference, by the definition. */
  const meanDifference = (chosen: typeof pairs, row: number): number[] =>
    Array.from({ length: dModel }, (_, i) => {
      const at = row * dModel + i;
      return chosen.reduce((sum, [p, n]) => sum + (p[at] ?? 0) - (n[at] ?? 0), 0) / chosen.length;
    });
  const expectClose = (got: Float32Array | undefined, expected: readonly number[]): void =>
    expected.forEach((x, i) => expect(got?.[i]).toBeCloseTo(x, 6));

  test("gives the mean difference of all pairs", () => {
    const vectors = accumulate(pairs);
    layers.forEach((layer, row) => expectClose(vectors.vector(layer), meanDifference(pairs, row)));
    expect(vectors.metadata).toMatchObject({
      ...origin,
      pairCount: 41,
      shuffleSeed: 5,
      hookPoint: "resid-post",
    });
  });

  test("the halves part the pairs, of every two in a row one each, and not by alternate letters", () => {
    // One hot: which half a pair is in can be read from the result.
    const count = 401;
    const accumulator = new VectorAccumulator({ layers: [0], dModel: count });
    for (let i = 0; i < count; i++) {
      accumulator.add(new Float32Array(count).fill(1, i, i + 1), new Float32Array(count));
    }
    const halves = (accumulator.finish(origin).halves ?? []).map((half) => [
      ...(half.get(0) ?? []),
    ]);
    const members = halves.map((half) => half.flatMap((x, i) => (x > 0 ? [i] : [])));
    expect(members.flat().sort((a, b) => a - b)).toEqual([...Array(count).keys()]);
    halves.forEach((half, k) =>
      members[k]?.forEach((i) => expect(half[i]).toBeCloseTo(1 / (members[k]?.length ?? 0), 6)),
    );
    for (let i = 0; i + 1 < count; i += 2) {
      expect(members[0]?.includes(i)).not.toBe(members[0]?.includes(i + 1));
    }
    // 200 fair coins, five standard deviations.
    const even = members[0]?.filter((i) => i % 2 === 0).length ?? 0;
    expect(Math.abs(even - 100)).toBeLessThan(36);
  });

  test("sums in float64: what cancels leaves the small part", () => {
    const accumulator = new VectorAccumulator({ layers: [0], dModel: 1 });
    // Float32 would lose the 1 beside 2^40.
    for (const x of [2 ** 40, 0, 1, 0, -(2 ** 40), 0, 1, 0]) {
      accumulator.add(Float32Array.of(x), Float32Array.of(0));
    }
    expect([...accumulator.finish(origin).vector(0)]).toEqual([0.25]);
  });

  test("each shuffle is a mean of the same differences with the signs of its own fair coin", () => {
    // One hot: the sign of each pair can be read from the result.
    const count = 400;
    const signsOf = (shuffleSeed: number): number[][] => {
      const accumulator = new VectorAccumulator({ layers: [0], dModel: count, shuffleSeed });
      for (let i = 0; i < count; i++) {
        accumulator.add(new Float32Array(count).fill(count, i, i + 1), new Float32Array(count));
      }
      return accumulator.finish(origin).shuffles.map((shuffle) => [...(shuffle.get(0) ?? [])]);
    };
    const shuffles = [...signsOf(0), ...signsOf(1), ...signsOf(-1), ...signsOf(2 ** 40)];
    expect(shuffles).toHaveLength(4 * SHUFFLE_COUNT);
    expect(new Set(shuffles.flat())).toEqual(new Set([1, -1]));
    shuffles.forEach((signs, k) => {
      // Five standard deviations of 400 fair coins; so too for the agreement of two different shuffles.
      expect(Math.abs(signs.reduce((a, b) => a + b, 0))).toBeLessThan(100);
      shuffles.slice(k + 1).forEach((other) => {
        expect(
          Math.abs(signs.reduce((sum, sign, i) => sum + sign * (other[i] ?? 0), 0)),
        ).toBeLessThan(100);
      });
    });
    expect(signsOf(0)).toEqual(shuffles.slice(0, SHUFFLE_COUNT));
  });

  test("one pair has no halves, no pair no vectors", () => {
    expect(accumulate(pairs.slice(0, 1)).halves).toBeNull();
    expect(() => accumulate([])).toThrow(expect.objectContaining({ code: "empty-selection" }));
  });

  test("refuses what does not fit, and adds nothing of it", () => {
    const accumulator = new VectorAccumulator({ layers, dModel });
    const good = draw();
    expect(() => accumulator.add(good, new Float32Array(5))).toThrow(/6 in all, got 6 and 5/);
    expect(() => accumulator.add(good, new Float32Array(6).fill(Number.POSITIVE_INFINITY))).toThrow(
      /pair 0.*finite/,
    );
    expect(accumulator.pairCount).toBe(0);
    expect(() => new VectorAccumulator({ layers: [3, 3], dModel })).toThrow(/ascending/);
    expect(() => new VectorAccumulator({ layers: [], dModel })).toThrow(/ascending/);
    expect(() => new VectorAccumulator({ layers, dModel: 0 })).toThrow(/at least 1/);
  });
});

describe("provenance", () => {
  const sources = [{ name: "vec.pt", sha256: "0".repeat(64) }];
  const imported = { kind: "imported", format: "torch", sources, changes: [] } as const;
  const make = (metadata: Partial<SteeringVectorsMetadata>): SteeringVectors =>
    madeUpVectors({ metadata });

  test("is kept, also where it has provenance itself", () => {
    const one = make({ aggregation: "imported", pairCount: 0, provenance: imported });
    const provenance = { kind: "combined", formula: "2 * a", inputs: [one.metadata] } as const;
    const two = make({ aggregation: "combined", pairCount: 0, provenance });
    const read = decodeSteeringVectors(encodeSteeringVectors(two));
    expect(read.metadata.provenance).toMatchObject({
      kind: "combined",
      inputs: [{ behavior: "sycophancy", provenance: imported }],
    });
  });

  test("fits how the vectors came to be", () => {
    const refused = expect.objectContaining({ code: "invalid-argument" });
    expect(() => make({ provenance: imported })).toThrow(refused);
    expect(() => make({ aggregation: "imported", pairCount: 0 })).toThrow(refused);
    expect(() => make({ aggregation: "combined", pairCount: 0, provenance: imported })).toThrow(
      refused,
    );
    expect(() => make({ pairCount: 0 })).toThrow(refused);
  });
});

describe("checkCompatible", () => {
  const refused = expect.objectContaining({ code: "incompatible-vector" });

  test("says whether the model is the same, of the same architecture, or of the same size only", () => {
    const other = { ...model, hash: "ffff" };
    const of = (metadata: Partial<SteeringVectorsMetadata>): string =>
      checkCompatible(madeUpVectors({ metadata }), other, { allowOtherModel: true });
    expect(of({ modelHash: "ffff" })).toBe("exact");
    expect(of({ architecture: "LlamaForCausalLM", layerCount: 6 })).toBe("architecture");
    expect(of({ architecture: "LlamaForCausalLM", layerCount: 7 })).toBe("size");
    expect(of({})).toBe("size");
  });

  test("takes vectors of an unknown model where the size fits", () => {
    const vectors = madeUpVectors({ metadata: { modelHash: UNKNOWN_MODEL_HASH } });
    expect(checkCompatible(vectors, model)).toBe("size");
  });

  test("takes its own model, and another of the same size only when allowed", () => {
    const vectors = madeUpVectors();
    expect(() => checkCompatible(vectors, model)).not.toThrow();
    expect(() => checkCompatible(vectors, { ...model, hash: "ffff" })).toThrow(refused);
    expect(() =>
      checkCompatible(vectors, { ...model, hash: "ffff" }, { allowOtherModel: true }),
    ).not.toThrow();
  });

  test.each([false, true])(
    "never takes another size or a layer out of range; other models allowed: %s",
    (allowOtherModel) => {
      const vectors = madeUpVectors();
      expect(() => checkCompatible(vectors, { ...model, dModel: 5 }, { allowOtherModel })).toThrow(
        refused,
      );
      expect(() =>
        checkCompatible(vectors, { ...model, layerCount: 5 }, { allowOtherModel }),
      ).toThrow(/layers 0 to 4.*got 5/);
      expect(() =>
        checkCompatible(vectors, { ...model, layerCount: 5 }, { allowOtherModel, layers: [3] }),
      ).not.toThrow();
    },
  );
});
