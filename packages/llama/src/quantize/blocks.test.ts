import { createRandom } from "@caa/core";
import { describe, expect, test } from "vitest";
import { BLOCK_SIZE, dequantizeBlocks, type QuantizedBits, quantizeBlocks } from "./blocks.ts";

const n = 3;
const k = 64;
const random = createRandom(7);
const weights = Float32Array.from({ length: n * k }, () => random.gaussian());

/** The best codes of a block, found by trying every code for every value. */
function slowCodes(block: Float32Array, scale: number, bits: QuantizedBits): number[] {
  return Array.from(block, (value) => {
    const errors = Array.from({ length: 2 ** bits }, (_, code) =>
      Math.abs(value - (code - 2 ** (bits - 1)) * scale),
    );
    return errors.indexOf(Math.min(...errors));
  });
}

describe.each([4, 8] as const)("%d bits", (bits) => {
  const quantized = quantizeBlocks(weights, n, k, { bits });
  const back = dequantizeBlocks(quantized, n, k, { bits });

  test("sizes of the runtime's layout", () => {
    expect(quantized.data).toHaveLength((n * k * bits) / 8);
    expect(quantized.scales).toHaveLength((n * k) / BLOCK_SIZE);
  });

  test("every value has the nearest code, packed with the even one low", () => {
    for (const [block, scale] of quantized.scales.entries()) {
      const values = weights.subarray(block * BLOCK_SIZE, (block + 1) * BLOCK_SIZE);
      const size = (BLOCK_SIZE * bits) / 8;
      const bytes = [...quantized.data.subarray(block * size, (block + 1) * size)];
      const codes = bits === 8 ? bytes : bytes.flatMap((byte) => [byte & 15, byte >> 4]);
      expect(codes).toEqual(slowCodes(values, scale, bits));
    }
  });

  test("the largest value of a block comes back exactly, the others within half a step, but for the missing top code", () => {
    for (const [block, scale] of quantized.scales.entries()) {
      const at = block * BLOCK_SIZE;
      const values = weights.subarray(at, at + BLOCK_SIZE);
      const largest = values.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a));
      expect(back[at + values.indexOf(largest)]).toBe(largest);
      for (const [j, value] of values.entries()) {
        const top = (2 ** (bits - 1) - 1) * scale;
        const clipped = Math.abs(value) > Math.abs(top) && Math.sign(value) === Math.sign(top);
        const limit = Math.abs(scale) * (clipped ? 1 : 0.5 + 1e-6);
        expect(Math.abs((back[at + j] ?? Number.NaN) - value)).toBeLessThanOrEqual(limit);
      }
    }
  });

  test("values that are codes already come back exactly, so doing it again changes nothing", () => {
    const again = quantizeBlocks(back, n, k, { bits });
    expect(again).toEqual(quantized);
  });

  test("zeros, and blocks of both signs of the largest value", () => {
    const zeros = quantizeBlocks(new Float32Array(k), 1, k, { bits });
    expect(dequantizeBlocks(zeros, 1, k, { bits })).toEqual(new Float32Array(k));
    const signs = Float32Array.from({ length: k }, (_, j) => (j < BLOCK_SIZE ? 1 : -1));
    const both = quantizeBlocks(signs, 1, k, { bits });
    expect(dequantizeBlocks(both, 1, k, { bits })).toEqual(signs);
  });

  test("what does not fit is refused", () => {
    const refused = (code: string): unknown => expect.objectContaining({ code });
    expect(() => quantizeBlocks(weights, n, k - 32, { bits })).toThrow(refused("shape-mismatch"));
    expect(() => quantizeBlocks(new Float32Array(48), 1, 48, { bits })).toThrow(
      refused("unsupported"),
    );
    const infinite = new Float32Array(32).fill(Number.POSITIVE_INFINITY);
    expect(() => quantizeBlocks(infinite, 1, 32, { bits })).toThrow(refused("invalid-data"));
    expect(() => dequantizeBlocks(quantized, n + 1, k, { bits })).toThrow(
      refused("shape-mismatch"),
    );
  });
});

const LINE_CODES: readonly number[] = [
  0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 4, 4, 5, 5, 5, 6, 6, 7, 7, 7, 8, 8, 9, 9, 9, 10, 10, 10, 11, 11, 12,
  12,
];

test("4 bits: the same codes and scales as GGUF's Q4_0, but for its half-precision scale", () => {
  // gguf.quants.quantize(np.linspace(-1, 0.5, 32, dtype=np.float32), Q4_0): d = 0.125, then value j and j + 16 in byte j
  const line = Float32Array.from({ length: 32 }, (_, j) => -1 + (1.5 * j) / 31);
  const { data, scales } = quantizeBlocks(line, 1, 32, { bits: 4 });
  expect(scales[0]).toBe(0.125);
  const codes = [...data].flatMap((byte) => [byte & 15, byte >> 4]);
  expect(codes).toEqual(LINE_CODES);
});
