import { describe, expect, test } from "vitest";
import { createRandom } from "../random/random.ts";
import {
  cosine,
  cosineMatrix,
  dot,
  mean,
  meanDifference,
  norm,
  normalizeTo,
  scale,
} from "./vectors.ts";

const f32 = (...values: number[]): Float32Array => Float32Array.from(values);
const gaussian = (seed: number, d: number): Float32Array => {
  const random = createRandom(seed);
  return Float32Array.from({ length: d }, () => random.gaussian());
};
const code = (value: string): unknown => expect.objectContaining({ code: value });

test("products and norms of small vectors", () => {
  expect(dot(f32(1, 2, 3), f32(4, -5, 6))).toBe(12);
  expect(norm(f32(3, 4))).toBe(5);
  expect(cosine(f32(1, 0), f32(1, 1))).toBeCloseTo(Math.SQRT1_2, 15);
  expect(() => dot(f32(1), f32(1, 2))).toThrow(code("shape-mismatch"));
});

test("sums are kept in float64: a float32 sum would lose the small terms", () => {
  const rows = [f32(2 ** 24), ...Array.from({ length: 7 }, () => f32(1))];
  expect(mean(rows)).toEqual(f32((2 ** 24 + 7) / 8));
  expect(dot(f32(2 ** 24, 1, 1, 1), f32(1, 1, 1, 1))).toBe(2 ** 24 + 3);
});

describe("cosine", () => {
  test("is free of scale, symmetric and never beyond 1", () => {
    for (let seed = 0; seed < 50; seed++) {
      const a = gaussian(seed, 33);
      const b = gaussian(seed + 1000, 33);
      expect(cosine(a, b)).toBeCloseTo(cosine(scale(b, 7.5), a), 6);
      expect(cosine(a, a)).toBeLessThanOrEqual(1);
      expect(cosine(a, a)).toBeCloseTo(1, 14);
      expect(cosine(a, scale(a, -2))).toBeCloseTo(-1, 14);
    }
  });

  test("has no value for the zero vector or NaN", () => {
    expect(() => cosine(f32(0, 0), f32(1, 1))).toThrow(code("invalid-argument"));
    expect(() => cosine(f32(1, 1), f32(Number.NaN, 1))).toThrow(code("invalid-argument"));
  });

  test("matrix holds the cosine of each pair", () => {
    const vectors = [gaussian(1, 9), gaussian(2, 9), gaussian(3, 9)];
    const matrix = cosineMatrix(vectors);
    for (const [i, a] of vectors.entries()) {
      for (const [j, b] of vectors.entries()) {
        expect(matrix[i * 3 + j]).toBeCloseTo(i === j ? 1 : cosine(a, b), 15);
      }
    }
    expect(() => cosineMatrix([f32(1, 0), f32(0, 0)])).toThrow("vector 1");
    expect(() => cosineMatrix([])).toThrow(code("empty-selection"));
  });
});

test("the mean difference is the mean of the differences of the pairs", () => {
  const positive = [f32(1, 2), f32(5, 4)];
  const negative = [f32(0, 1), f32(2, 5)];
  expect(meanDifference(positive, negative)).toEqual(f32(2, 0));
  expect(meanDifference(negative, positive)).toEqual(f32(-2, 0));
});

test("pairs that do not match are refused", () => {
  expect(() => meanDifference([f32(1)], [])).toThrow(code("shape-mismatch"));
  expect(() => meanDifference([f32(1)], [f32(1, 2)])).toThrow(code("shape-mismatch"));
  expect(() => meanDifference([], [])).toThrow(code("empty-selection"));
  expect(() => mean([])).toThrow(code("empty-selection"));
  expect(() => mean([f32(1), f32(1, 2)])).toThrow(code("shape-mismatch"));
});

test("normalizeTo sets the norm, keeps the direction and leaves its argument alone", () => {
  const a = gaussian(4, 100);
  const before = a.slice();
  const b = normalizeTo(a, 12.5);
  expect(norm(b)).toBeCloseTo(12.5, 5);
  expect(cosine(a, b)).toBeCloseTo(1, 12);
  expect(a).toEqual(before);
  expect(() => normalizeTo(f32(0, 0), 1)).toThrow(code("invalid-argument"));
  expect(() => normalizeTo(a, -1)).toThrow(code("invalid-argument"));
  expect(() => scale(a, Number.NaN)).toThrow(code("invalid-argument"));
});
