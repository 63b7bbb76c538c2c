import { CaaError } from "../errors/caa-error.ts";
import { normalizeTo } from "../vectors/vectors.ts";

/**
 * A stream of random numbers that a seed makes again: `uniform`, `integer` and `shuffle` on every machine,
 * `gaussian` up to the last digit of the engine's logarithm and cosine.
 */
export interface Random {
  /** In [0, 1). */
  uniform(): number;
  /** Whole, in [0, below), below at most 2^32. @throws {CaaError} invalid-argument */
  integer(below: number): number;
  /** Mean 0, variance 1. */
  gaussian(): number;
  /** A new array in random order (Fisher and Yates). */
  shuffle<T>(values: readonly T[]): T[];
}

/** xoshiro128** (Blackman and Vigna), its state filled by splitmix32 from the seed, any whole number. @throws {CaaError} invalid-argument */
export function createRandom(seed: number): Random {
  if (!Number.isSafeInteger(seed)) {
    throw new CaaError("invalid-argument", `seed: expected a whole number, got ${seed}`);
  }
  let mix = (seed ^ Math.imul(Math.floor(seed / 2 ** 32), 0x9e3779b9)) >>> 0;
  const split = (): number => {
    mix = (mix + 0x9e3779b9) >>> 0;
    let z = mix;
    z = Math.imul(z ^ (z >>> 16), 0x85ebca6b);
    z = Math.imul(z ^ (z >>> 13), 0xc2b2ae35);
    return (z ^ (z >>> 16)) >>> 0;
  };
  // With a sign: the engine keeps 32-bit integers of that kind in place, others each as an object on the heap.
  let [a, b, c, d] = [split() | 0, split() | 0, split() | 0, split() | 0];
  const next = (): number => {
    const product = Math.imul(b, 5);
    const result = Math.imul((product << 7) | (product >>> 25), 9);
    const shifted = b << 9;
    c ^= a;
    d ^= b;
    b ^= c;
    a ^= d;
    c ^= shifted;
    d = (d << 11) | (d >>> 21);
    return result;
  };
  const uniform = (): number => ((next() >>> 5) * 67_108_864 + (next() >>> 6)) / 2 ** 53;
  const integer = (below: number): number => {
    if (!(below >= 1 && below <= 2 ** 32)) {
      throw new CaaError(
        "invalid-argument",
        `integer: expected a bound in [1, 2^32], got ${below}`,
      );
    }
    return Math.floor(uniform() * below);
  };
  return {
    uniform,
    integer,
    gaussian: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()), // Box and Muller
    shuffle: (values) => {
      const order = Uint32Array.from(values.keys());
      for (let i = order.length - 1; i > 0; i--) {
        const j = integer(i + 1);
        const kept = order[i] ?? 0;
        order[i] = order[j] ?? 0;
        order[j] = kept;
      }
      return Array.from(order).flatMap((index) => values.slice(index, index + 1));
    },
  };
}

/**
 * A direction drawn evenly from the sphere of the given radius in `dModel` dimensions: (d_model), float32.
 * @throws {CaaError} invalid-argument
 */
export function randomDirection(dModel: number, norm: number, seed: number): Float32Array {
  if (!Number.isInteger(dModel) || dModel < 1 || !(norm >= 0) || !Number.isFinite(norm)) {
    throw new CaaError(
      "invalid-argument",
      `randomDirection: expected a size and a norm, got ${dModel} and ${norm}`,
    );
  }
  const random = createRandom(seed);
  return normalizeTo(
    Float64Array.from({ length: dModel }, () => random.gaussian()),
    norm,
  );
}
