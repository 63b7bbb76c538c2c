import { CaaError } from "@caa/core";

/** Values in one block: each block of a row has its own scale. */
export const BLOCK_SIZE = 32;

export type QuantizedBits = 4 | 8;

export interface BlockOptions {
  readonly bits: QuantizedBits;
  /** @default 32, the only size */
  readonly blockSize?: typeof BLOCK_SIZE;
}

/** A matrix (n, k) in blocks along its rows, as the runtime's MatMulNBits reads it. */
export interface QuantizedBlocks {
  /** `(n, k / 32, 32 * bits / 8)`; two 4-bit values a byte, the even one in its low half. Zero is stored as 2^(bits - 1). */
  readonly data: Uint8Array<ArrayBuffer>;
  /** `(n, k / 32)` */
  readonly scales: Float32Array<ArrayBuffer>;
}

/**
 * Rounds a matrix to blocks of 4 or 8 bits: `w ~ (q - 2^(bits - 1)) scale`, no zero points.
 *
 * The value of largest size in a block becomes the lowest code exactly (`scale = -value / 2^(bits - 1)`, of either sign):
 * there is one code more below zero than above, and so the largest value is the one that is not rounded. The others are
 * rounded to the nearest code. A block of zeros has scale 0.
 *
 * @param weights (n, k), row by row, finite
 * @throws {CaaError} `shape-mismatch` for another length, `unsupported` when k is no multiple of 32, `invalid-data` for
 * a value that is not finite
 */
export function quantizeBlocks(
  weights: Float32Array,
  n: number,
  k: number,
  { bits }: BlockOptions,
): QuantizedBlocks {
  checkColumns(k);
  if (weights.length !== n * k) {
    throw new CaaError(
      "shape-mismatch",
      `quantizeBlocks: expected ${n} x ${k} values, got ${weights.length}`,
    );
  }
  const blocks = weights.length / BLOCK_SIZE;
  const scales = new Float32Array(blocks);
  const data = new Uint8Array((weights.length * bits) / 8);
  const zero = 2 ** (bits - 1);
  const codes = new Uint8Array(BLOCK_SIZE);
  for (let block = 0; block < blocks; block++) {
    const start = block * BLOCK_SIZE;
    let extreme = 0; // of largest size, with its sign
    for (let j = start; j < start + BLOCK_SIZE; j++) {
      const value = weights[j] ?? 0;
      if (!Number.isFinite(value)) {
        throw new CaaError(
          "invalid-data",
          `quantizeBlocks: value ${j} is ${value}, expected finite`,
        );
      }
      extreme = Math.abs(value) > Math.abs(extreme) ? value : extreme;
    }
    const scale = Math.fround(-extreme / zero) || 0; // never minus zero
    const inverse = scale === 0 ? 0 : 1 / scale;
    scales[block] = scale;
    for (let j = 0; j < BLOCK_SIZE; j++) {
      const code = Math.round((weights[start + j] ?? 0) * inverse) + zero;
      codes[j] = Math.min(2 * zero - 1, Math.max(0, code));
    }
    if (bits === 8) {
      data.set(codes, start);
    } else {
      for (let j = 0; j < BLOCK_SIZE; j += 2) {
        data[(start + j) / 2] = (codes[j] ?? 0) | ((codes[j + 1] ?? 0) << 4);
      }
    }
  }
  return { data, scales };
}

/** The float32 values (n, k) that the blocks stand for: `(q - 2^(bits - 1)) scale`. */
export function dequantizeBlocks(
  { data, scales }: QuantizedBlocks,
  n: number,
  k: number,
  { bits }: BlockOptions,
): Float32Array<ArrayBuffer> {
  checkColumns(k);
  if (data.length !== (n * k * bits) / 8 || scales.length !== (n * k) / BLOCK_SIZE) {
    throw new CaaError(
      "shape-mismatch",
      `dequantizeBlocks: ${data.length} bytes and ${scales.length} scales are not ${n} x ${k} values of ${bits} bits`,
    );
  }
  const zero = 2 ** (bits - 1);
  return Float32Array.from({ length: n * k }, (_, index) => {
    const bit = (index * bits) % 8;
    const code = ((data[Math.floor((index * bits) / 8)] ?? 0) >> bit) & (2 * zero - 1);
    return (code - zero) * (scales[Math.floor(index / BLOCK_SIZE)] ?? 0);
  });
}

function checkColumns(k: number): void {
  if (!Number.isInteger(k) || k <= 0 || k % BLOCK_SIZE !== 0) {
    throw new CaaError(
      "unsupported",
      `quantizeBlocks: expected rows of a multiple of ${BLOCK_SIZE} values, got ${k}`,
      { facts: { columns: k } },
    );
  }
}
