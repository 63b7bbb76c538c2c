import { expect, test } from "vitest";
import { norm } from "../vectors/vectors.ts";
import { createRandom, randomDirection } from "./random.ts";

test("uniform numbers are spread over [0, 1)", () => {
  const random = createRandom(5);
  const bins = Array.from({ length: 20 }, () => 0);
  const n = 20_000;
  let [low, high] = [1, 0];
  for (let i = 0; i < n; i++) {
    const value = random.uniform();
    low = Math.min(low, value);
    high = Math.max(high, value);
    const bin = Math.floor(value * 20);
    bins[bin] = (bins[bin] ?? 0) + 1;
  }
  expect(low).toBeGreaterThanOrEqual(0);
  expect(high).toBeLessThan(1);
  const chiSquare = bins.reduce((sum, count) => sum + (count - n / 20) ** 2 / (n / 20), 0);
  expect(chiSquare).toBeLessThan(43.8); // 0.999 quantile, 19 degrees of freedom
});

test("the same seed gives the same numbers, neighbors do not", () => {
  const stream = (seed: number): readonly number[] => {
    const random = createRandom(seed);
    return Array.from({ length: 8 }, () => random.uniform());
  };
  expect(stream(42)).toEqual(stream(42));
  const seeds = [0, 1, -1, 2 ** 32, 2 ** 33, Number.MAX_SAFE_INTEGER, Number.MIN_SAFE_INTEGER];
  expect(new Set(seeds.map((seed) => stream(seed)[0])).size).toBe(seeds.length);
  expect(() => createRandom(0.5)).toThrow(expect.objectContaining({ code: "invalid-argument" }));
});

test("the numbers are those of another program, so that what seeds made before is made again", () => {
  // xoshiro128** and splitmix32 written anew with Python's whole numbers: numbers 1, 2 and 1000 of each seed.
  const expected = [
    [0, 0.8868539502021594, 0.012474988946590604, 0.6952576198588428],
    [42, 0.6606157208001621, 0.1117019639532224, 0.5428473369613572],
    [-1, 0.5743167412573879, 0.3318001221880126, 0.24114825878537405],
    [2 ** 33, 0.7133376408702923, 0.8050631765903953, 0.20754151258712727],
  ] as const;
  for (const [seed, first, second, last] of expected) {
    const random = createRandom(seed);
    const stream = Array.from({ length: 1000 }, () => random.uniform());
    expect([stream[0], stream[1], stream[999]]).toEqual([first, second, last]);
  }
});

test("gaussian numbers have the moments of the normal distribution", () => {
  const random = createRandom(9);
  const values = Array.from({ length: 40_000 }, () => random.gaussian());
  const moment = (k: number): number => values.reduce((sum, x) => sum + x ** k, 0) / values.length;
  expect(Math.abs(moment(1))).toBeLessThan(0.02);
  expect(Math.abs(moment(2) - 1)).toBeLessThan(0.03);
  expect(Math.abs(moment(3))).toBeLessThan(0.06);
  expect(Math.abs(moment(4) - 3)).toBeLessThan(0.15);
});

test("integers are below their bound, which must be one", () => {
  const random = createRandom(2);
  const seen = new Set(Array.from({ length: 300 }, () => random.integer(5)));
  expect([...seen].sort()).toEqual([0, 1, 2, 3, 4]);
  for (const bound of [0, -1, Number.NaN, 2 ** 33]) {
    expect(() => random.integer(bound)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  }
});

test("a shuffle keeps every value and gives every order as often", () => {
  const random = createRandom(3);
  const counts = new Map<string, number>();
  const rounds = 6000;
  for (let i = 0; i < rounds; i++) {
    const order = random.shuffle(["a", "b", undefined]).map(String).join();
    counts.set(order, (counts.get(order) ?? 0) + 1);
  }
  expect(counts.size).toBe(6);
  for (const count of counts.values()) {
    expect(Math.abs(count - rounds / 6)).toBeLessThan(120); // four standard deviations
  }
});

test("random directions have the norm asked for and no preferred direction", () => {
  expect(norm(randomDirection(4096, 7.5, 1))).toBeCloseTo(7.5, 4);
  expect(norm(randomDirection(8, 0, 1))).toBe(0);
  const sum = new Float64Array(3);
  for (let seed = 0; seed < 3000; seed++) {
    randomDirection(3, 1, seed).forEach((x, i) => (sum[i] = (sum[i] ?? 0) + x / 3000));
  }
  expect(norm(sum)).toBeLessThan(0.05);
  expect(() => randomDirection(0, 1, 1)).toThrow(
    expect.objectContaining({ code: "invalid-argument" }),
  );
  expect(() => randomDirection(8, Number.NaN, 1)).toThrow(
    expect.objectContaining({ code: "invalid-argument" }),
  );
});
