import { createRandom, SteeringVectors, VectorAccumulator } from "@caa/core";
import { madeUpVectors } from "@caa/core/testing";
import { describe, expect, it } from "vitest";
import { judgeReliability } from "./judge-reliability.ts";

const D = 12;

/** Vectors of pairs whose differences are `signal` along one axis and `spread` along another, signed by a coin, with noise. */
function vectorsOf(seed: number, signal: number, spread: number, pairs = 40): SteeringVectors {
  const random = createRandom(seed);
  const accumulator = new VectorAccumulator({ layers: [0], dModel: D, shuffleSeed: seed });
  for (let pair = 0; pair < pairs; pair++) {
    const coin = random.uniform() < 0.5 ? -1 : 1;
    const difference = Float32Array.from({ length: D }, (_, i) => {
      const along = i === 0 ? signal : i === 1 ? coin * spread : 0;
      return along + random.gaussian();
    });
    accumulator.add(difference, new Float32Array(D));
  }
  return accumulator.finish({ ...madeUpVectors().metadata, behavior: "made-up" });
}

const shareReliable = (signal: number, spread: number): number => {
  const seeds = Array.from({ length: 100 }, (_, seed) => seed);
  const found = seeds.filter(
    (seed) => judgeReliability(vectorsOf(seed, signal, spread))[0]?.reliable === true,
  );
  return found.length / seeds.length;
};

describe("judgeReliability", () => {
  it("finds what the pairs agree on", () => {
    expect(shareReliable(3, 0)).toBeGreaterThan(0.95);
    expect(shareReliable(3, 1)).toBeGreaterThan(0.95);
  });

  it("finds little where they agree on nothing, also when they differ along one line", () => {
    expect(shareReliable(0, 0)).toBeLessThan(0.12);
    expect(shareReliable(0, 20)).toBeLessThan(0.12);
  });

  it("says that it does not know without halves or shuffles, and that no vector is none", () => {
    const { metadata } = madeUpVectors();
    const vectors = new Map([[3, new Float32Array(D).fill(1)]]);
    const bare = new SteeringVectors({ vectors, metadata });
    expect(judgeReliability(bare)).toMatchObject([{ layer: 3, reliable: null }]);
    const nothing = new SteeringVectors({ vectors: new Map([[3, new Float32Array(D)]]), metadata });
    expect(judgeReliability(nothing)).toMatchObject([{ layer: 3, reliable: false }]);
  });
});
