import { describe, expect, test } from "vitest";
import { argmax, sample } from "./sampler.ts";

const logits = Float32Array.from([0, 2, 1, 2, -1]);
const plain = { temperature: 1, topK: 0, topP: 1 };

describe("argmax", () => {
  test("takes the first of equals", () => {
    expect(argmax(logits)).toBe(1);
  });

  test("refuses logits that are not numbers", () => {
    expect(() => argmax(Float32Array.from([Number.NaN]))).toThrow(/not numbers/);
  });
});

describe("sample", () => {
  test("temperature 0 is greedy whatever the draw", () => {
    expect(sample(logits, { ...plain, temperature: 0 }, () => 0.999)).toBe(1);
  });

  test("draws each token as often as its softmax says", () => {
    const counts = Array.from({ length: 5 }, () => 0);
    const draws = 20_000;
    for (let i = 0; i < draws; i++) {
      const token = sample(logits, plain, () => (i + 0.5) / draws);
      counts[token] = (counts[token] ?? 0) + 1;
    }
    const weights = Array.from(logits, Math.exp);
    const total = weights.reduce((sum, x) => sum + x, 0);
    weights.forEach((weight, token) =>
      expect((counts[token] ?? 0) / draws).toBeCloseTo(weight / total, 3),
    );
  });

  test("topK and topP leave out the unlikely", () => {
    const seen = (options: typeof plain): Set<number> =>
      new Set(Array.from({ length: 1000 }, (_, i) => sample(logits, options, () => i / 1000)));
    expect(seen({ ...plain, topK: 2 })).toEqual(new Set([1, 3]));
    expect(seen({ ...plain, topP: 0.5 })).toEqual(new Set([1, 3]));
    expect(seen({ ...plain, topP: 0.3 })).toEqual(new Set([1]));
  });
});
