import { describe, expect, test } from "vitest";
import { createRandom } from "../../random/random.ts";
import { decodeTorch } from "./decode-torch.ts";
import { encodeTorch } from "./encode-torch.ts";
import { readZip } from "./read-zip.ts";

const random = createRandom(5);
/** Whole multiples of 2^-7 below 1: exact in every number format. */
const exact = (count: number): Float64Array =>
  Float64Array.from({ length: count }, () => (random.integer(256) - 128) / 128);

describe.each(["bfloat16", "float16", "float32", "float64"] as const)("%s", (dtype) => {
  const kind = dtype === "float64" ? Float64Array : Float32Array;

  test("what is written is read", () => {
    for (const shape of [[], [1], [96], [1, 96], [3, 1, 5], [0], [2, 0]]) {
      const values = exact(shape.reduce((product, size) => product * size, 1));
      for (const given of [values, Float32Array.from(values)]) {
        expect(decodeTorch(encodeTorch(given, { dtype, shape }))).toEqual([
          { name: "", dtype, shape, values: kind.from(values) },
        ]);
      }
    }
  });

  test("values that are exact in it: the largest, the smallest, negative zero, infinity, not a number", () => {
    const { largest, smallest } = {
      bfloat16: { largest: (2 - 2 ** -7) * 2 ** 127, smallest: 2 ** -133 },
      float16: { largest: 65_504, smallest: 2 ** -24 },
      float32: { largest: (2 - 2 ** -23) * 2 ** 127, smallest: 2 ** -149 },
      float64: { largest: Number.MAX_VALUE, smallest: Number.MIN_VALUE },
    }[dtype];
    const values = Float64Array.of(
      largest,
      smallest,
      -largest,
      -smallest,
      -0,
      Infinity,
      -Infinity,
      NaN,
    );
    expect(decodeTorch(encodeTorch(values, { dtype }))[0]?.values).toEqual(kind.from(values));
  });
});

test.each([
  ["bfloat16", 3.5e38],
  ["float16", 65_520],
  ["float32", 3.5e38],
] as const)("a finite value that would be infinite in %s is refused", (dtype, value) => {
  expect(() => encodeTorch(Float64Array.of(0, value), { dtype })).toThrow(
    expect.objectContaining({
      code: "invalid-argument",
      message: `encodeTorch: value 1, ${value}, is too large for ${dtype}`,
    }),
  );
});

test("numbers begin at a multiple of 64 bytes, and the same values give the same bytes", () => {
  const bytes = encodeTorch(Float32Array.of(1, 2));
  const storage = readZip(bytes).get("archive/data/0");
  expect(storage?.byteOffset).toBeGreaterThan(0);
  expect((storage?.byteOffset ?? 1) % 64).toBe(0);
  expect(encodeTorch(Float32Array.of(1, 2))).toEqual(bytes);
});

test("shapes that do not fit are refused", () => {
  const encode = (shape: readonly number[]): Uint8Array =>
    encodeTorch(new Float32Array(2), { shape });
  for (const shape of [[], [3], [-1, -2], [0.5, 4]]) {
    expect(() => encode(shape)).toThrow(expect.objectContaining({ code: "shape-mismatch" }));
  }
  expect(() => encode([2, 1, 1, 1, 1, 1, 1, 1, 1])).toThrow(/at most 8 dimensions/);
  expect(() => encodeTorch(new Float32Array(0), { shape: [0, 2 ** 20, 2 ** 20] })).toThrow(
    /and 67108864 values/,
  );
});
