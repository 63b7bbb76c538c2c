import { CaaError, readBF16, readF16, readF32 } from "@caa/core";
import { type GgufTensorType, tensorLayouts } from "@caa/core/gguf";
import { readQ4_0, readQ4_1, readQ5_0, readQ5_1, readQ8_0 } from "./small-blocks.ts";
import { readQ4_K, readQ5_K, readQ6_K } from "./super-blocks.ts";

type BlockReader = (bytes: Uint8Array, out: Float32Array) => void;

const readers: Readonly<Record<GgufTensorType, BlockReader>> = {
  F32: readF32,
  F16: readF16,
  BF16: readBF16,
  Q8_0: readQ8_0,
  Q4_0: readQ4_0,
  Q4_1: readQ4_1,
  Q5_0: readQ5_0,
  Q5_1: readQ5_1,
  Q4_K: readQ4_K,
  Q5_K: readQ5_K,
  Q6_K: readQ6_K,
};

/**
 * Float32 values of stored blocks, bit for bit what the `gguf` Python package computes.
 *
 * @param bytes whole blocks of `type`
 * @param out where to write, of exactly the blocks' number of values; a new array by default
 * @throws {CaaError} `shape-mismatch` for a piece of a block or an `out` of another length
 */
export function dequantize(
  type: GgufTensorType,
  bytes: Uint8Array,
  out?: Float32Array,
): Float32Array {
  const { blockSize, blockBytes } = tensorLayouts[type];
  const values = (bytes.length / blockBytes) * blockSize;
  if (bytes.length % blockBytes !== 0) {
    throw new CaaError(
      "shape-mismatch",
      `dequantize: ${type} takes ${blockBytes} bytes a block, got ${bytes.length} bytes`,
    );
  }
  if (out !== undefined && out.length !== values) {
    throw new CaaError(
      "shape-mismatch",
      `dequantize: expected room for ${values} values, got ${out.length}`,
    );
  }
  const target = out ?? new Float32Array(values);
  readers[type](bytes, target);
  return target;
}
