import { describe, expect, it } from "vitest";
import { createRandom } from "../random/random.ts";
import type { SteeringVectors } from "../steering-vectors/steering-vectors.ts";
import { decodeSteeringVectors, encodeSteeringVectors } from "../steering-vectors/encode.ts";
import { madeUpVectors } from "../testing/made-up-vectors.ts";
import { dot, norm } from "../vectors/vectors.ts";
import { compareVectors } from "./compare-vectors.ts";
import { orthogonalize, projectOut } from "./project-out.ts";
import { sumVectors } from "./sum-vectors.ts";

const made = (behavior: string, seed: number, dModel = 32): SteeringVectors =>
  madeUpVectors({
    seed,
    dModel,
    metadata: { behavior, contentHash: String(seed % 10).repeat(64) },
  });
const a = made("a", 1);
const b = made("b", 2);
const c = made("c", 3);

describe("sumVectors", () => {
  it("adds every part by weight and tells what was added", () => {
    const sum = sumVectors([{ vectors: a }, { vectors: b, weight: -0.5 }], "both");
    const tensors = new Map(sum.tensors());
    const [ofA, ofB] = [new Map(a.tensors()), new Map(b.tensors())];
    expect([...tensors.keys()]).toEqual([...ofA.keys()]);
    for (const [name, values] of tensors) {
      values.forEach((x, i) => {
        expect(x).toBe(Math.fround((ofA.get(name)?.[i] ?? 0) - 0.5 * (ofB.get(name)?.[i] ?? 0)));
      });
    }
    expect(sum.metadata).toMatchObject({
      behavior: "both",
      aggregation: "combined",
      pairCount: 0,
      contentHash: null,
      provenance: {
        formula: "1 * a - 0.5 * b",
        inputs: [
          { behavior: "a", contentHash: "1".repeat(64) },
          { behavior: "b", contentHash: "2".repeat(64) },
        ],
      },
    });
  });

  it("is linear: a sum of sums is the sum of its terms, and keeps their story", () => {
    const ab = sumVectors([{ vectors: a }, { vectors: b }], "ab");
    const nested = sumVectors(
      [
        { vectors: ab, weight: 2 },
        { vectors: c, weight: -2 },
      ],
      "abc",
    );
    const flat = sumVectors(
      [
        { vectors: a, weight: 2 },
        { vectors: b, weight: 2 },
        { vectors: c, weight: -2 },
      ],
      "abc",
    );
    const { largestDifference } = compareVectors(nested, flat).layers[0] ?? {};
    expect(largestDifference).toBeLessThan(1e-6);
    const read = decodeSteeringVectors(encodeSteeringVectors(nested));
    expect(read.metadata.provenance).toMatchObject({
      inputs: [{ behavior: "ab", provenance: { formula: "1 * a + 1 * b" } }, { behavior: "c" }],
    });
  });

  it("refuses what cannot be added", () => {
    const adding =
      (other: SteeringVectors): (() => SteeringVectors) =>
      () =>
        sumVectors([{ vectors: a }, { vectors: other }], "x");
    expect(() => sumVectors([], "x")).toThrow(/one behavior or more/);
    expect(() => sumVectors([{ vectors: a, weight: 0 }], "x")).toThrow(/not 0/);
    expect(adding(made("b", 2, 16))).toThrow(/32 values a layer, got 16/);
    expect(adding(madeUpVectors({ dModel: 32, layers: [3] }))).toThrow(/layers.*3 5, got 3/);
    expect(adding(madeUpVectors({ dModel: 32, metadata: { modelHash: "other" } }))).toThrow(
      /model/,
    );
    const normalization = { behaviors: ["a"], targetNorm: { 3: 1, 5: 1 } };
    const normalized = b.scaled(() => 1, { normalization });
    expect(adding(normalized)).toThrow(/as made, got normalized/);
    const combined = sumVectors([{ vectors: normalized }], "n");
    expect(adding(combined)).toThrow(/as made, got normalized/);
    expect(sumVectors([{ vectors: combined }, { vectors: normalized }], "m").layers).toEqual([
      3, 5,
    ]);
  });
});

describe("projectOut", () => {
  it("leaves nothing along the others, and all that is orthogonal to them", () => {
    const rest = projectOut(a, [b, c], "rest");
    for (const layer of a.layers) {
      for (const other of [b, c]) {
        const along = dot(rest.vector(layer), other.vector(layer));
        expect(Math.abs(along)).toBeLessThan(
          1e-5 * norm(a.vector(layer)) * norm(other.vector(layer)),
        );
      }
      const again = projectOut(rest, [b, c]);
      expect(compareVectors(rest, again).layers.every((l) => l.largestDifference < 1e-6)).toBe(
        true,
      );
    }
    // What was taken away lies in the span of the others.
    const taken = sumVectors([{ vectors: a }, { vectors: rest, weight: -1 }], "taken");
    expect(() => projectOut(taken, [b, c])).toThrow(/part of its own/);
    expect(rest.metadata.provenance).toMatchObject({ formula: "a without b, c" });
    expect(rest.shuffles).toHaveLength(5);
  });

  it("does not depend on the order of the others, nor on their lengths", () => {
    const long = sumVectors([{ vectors: b, weight: 1000 }], "b");
    const one = projectOut(a, [b, c]);
    const other = projectOut(a, [c, long, b]);
    expect(compareVectors(one, other).layers.every((l) => l.largestDifference < 1e-6)).toBe(true);
  });

  it("refuses to leave nothing", () => {
    expect(() => projectOut(a, [b, sumVectors([{ vectors: a, weight: -3 }], "x")])).toThrow(
      /part of its own/,
    );
    expect(() => projectOut(a, [])).toThrow(/got none/);
    expect(() => projectOut(a, [madeUpVectors({ dModel: 32, layers: [3] })])).toThrow(/layers/);
    expect(() => projectOut(a, [made("b", 2, 16), c])).toThrow(
      expect.objectContaining({ code: "incompatible-vector" }),
    );
  });
});

it("orthogonalize leaves no two vectors with a common part", () => {
  const random = createRandom(5);
  const near = [1, 2, 3].map((k) =>
    sumVectors(
      [{ vectors: a }, { vectors: made(`n${k}`, 10 + k), weight: 0.01 * random.gaussian() }],
      `v${k}`,
    ),
  );
  const all = orthogonalize(near);
  expect(all[0]).toBe(near[0]);
  for (const [i, one] of all.entries()) {
    for (const other of all.slice(0, i)) {
      for (const layer of a.layers) {
        const cosine =
          dot(one.vector(layer), other.vector(layer)) /
          norm(one.vector(layer)) /
          norm(other.vector(layer));
        expect(Math.abs(cosine)).toBeLessThan(1e-6);
      }
    }
  }
  expect(() => orthogonalize([a])).toThrow(/two vectors or more/);
});

describe("compareVectors", () => {
  it("tells cosine, ratio of norms and the largest difference, and what the metadata says differently", () => {
    const turned = sumVectors([{ vectors: a, weight: -2 }], "turned");
    const { layers, metadata, onlyInA, onlyInB } = compareVectors(a, turned);
    for (const { cosine, normRatio, layer, largestDifference } of layers) {
      expect(cosine).toBeCloseTo(-1, 12);
      expect(normRatio).toBeCloseTo(2, 12);
      expect(largestDifference).toBeCloseTo(3 * Math.max(...a.vector(layer).map(Math.abs)), 5);
    }
    expect([onlyInA, onlyInB]).toEqual([[], []]);
    expect(metadata.map(({ key }) => key)).toEqual([
      "behavior",
      "pairCount",
      "aggregation",
      "contentHash",
      "provenance",
    ]);
  });

  it("names layers that one has alone, and refuses what cannot be compared", () => {
    const fewer = madeUpVectors({ seed: 1, dModel: 32, layers: [5, 9] });
    expect(compareVectors(a, fewer)).toMatchObject({ onlyInA: [3], onlyInB: [9] });
    expect(() => compareVectors(a, made("a", 1, 8))).toThrow(/32 and 8 values/);
    expect(() => compareVectors(a, madeUpVectors({ dModel: 32, layers: [9] }))).toThrow(
      /both have/,
    );
  });
});
