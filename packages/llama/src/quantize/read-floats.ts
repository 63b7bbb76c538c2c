import { CaaError, throwIfAborted } from "@caa/core";
import { ioError } from "@caa/core/files";
import { type FileHandle, open } from "node:fs/promises";
import { readExactly } from "@caa/core/gguf";
import type { StoredTensor } from "../checkpoint/check-weights.ts";
import { dequantize } from "../gguf/dequantize.ts";

/** All values of a tensor as float32. @throws {CaaError} as `readFloatRows` */
export async function readFloats(
  tensor: StoredTensor,
  signal: AbortSignal | undefined,
): Promise<Float32Array> {
  const values = new Float32Array(tensor.shape.reduce((product, size) => product * size, 1));
  let at = 0;
  for await (const rows of readFloatRows(tensor, signal)) {
    values.set(rows, at);
    at += rows.length;
  }
  return values;
}

/** Values handed out at once: 4 MB as float32. */
const CHUNK_VALUES = 1024 * 1024;

/**
 * The values of a safetensors tensor as float32, some rows (of the last axis) at a time.
 * @throws {CaaError} `unsupported` for a type that is no float of 16 or 32 bits, `invalid-file`, `io`, `aborted`
 */
export async function* readFloatRows(
  tensor: StoredTensor,
  signal: AbortSignal | undefined,
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const { dtype, shape, offset, byteLength, file } = tensor;
  if (dtype !== "F32" && dtype !== "F16" && dtype !== "BF16") {
    throw new CaaError("unsupported", `${file}: expected F32, F16 or BF16, got ${dtype}`);
  }
  const columns = shape.at(-1) ?? 1;
  const valueBytes = dtype === "F32" ? 4 : 2;
  const step = Math.max(1, Math.floor(CHUNK_VALUES / columns)) * columns * valueBytes;
  let handle: FileHandle;
  try {
    handle = await open(file, "r");
  } catch (error) {
    throw ioError(file, error);
  }
  try {
    for (let at = 0; at < byteLength; at += step) {
      throwIfAborted(signal);
      const bytes = await readExactly(handle, offset + at, Math.min(step, byteLength - at));
      const values = new Float32Array(bytes.length / valueBytes);
      dequantize(dtype, bytes, values);
      yield values;
    }
  } finally {
    await handle.close();
  }
}
