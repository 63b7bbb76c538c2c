import type { FileHandle } from "node:fs/promises";
import { throwIfAborted } from "@caa/core";
import { type GgufTensor, readExactly } from "@caa/core/gguf";
import { dequantize } from "./dequantize.ts";

/** Values handed out at once: 4 MB as float32. */
const CHUNK_VALUES = 1024 * 1024;

export interface ReadTensorOptions {
  /** Rows of one head with interleaved halves, 0 for none: see `PlannedTensor`. */
  readonly interleavedRows?: number;
  readonly signal?: AbortSignal | undefined;
}

/** The values of a tensor as float32, some rows at a time, in Hugging Face's order. */
export async function* readTensorRows(
  file: FileHandle,
  tensor: GgufTensor,
  options: ReadTensorOptions = {},
): AsyncGenerator<Float32Array<ArrayBuffer>> {
  const { interleavedRows: headRows = 0, signal } = options;
  const { type, shape, offset, byteLength } = tensor;
  // A bias of interleaved rows is a column: one value a row.
  const columns = headRows > 0 && shape.length === 1 ? 1 : (shape.at(-1) ?? 1);
  const rows = shape.reduce((product, size) => product * size, 1) / columns;
  const rowBytes = byteLength / rows;
  const unit = headRows > 0 ? headRows : 1;
  const step = Math.max(1, Math.floor(CHUNK_VALUES / (columns * unit))) * unit;
  for (let row = 0; row < rows; row += step) {
    throwIfAborted(signal);
    const count = Math.min(step, rows - row);
    const bytes = await readExactly(file, offset + row * rowBytes, count * rowBytes);
    const values = new Float32Array(count * columns);
    dequantize(type, bytes, values);
    yield headRows > 0 ? deinterleave(values, columns, headRows) : values;
  }
}

/** All values of a small tensor. */
export async function readWholeTensor(file: FileHandle, tensor: GgufTensor): Promise<Float32Array> {
  return dequantize(tensor.type, await readExactly(file, tensor.offset, tensor.byteLength));
}

/** Row 2j + t of each head becomes its row t * size / 2 + j. */
function deinterleave(
  values: Float32Array,
  columns: number,
  headRows: number,
): Float32Array<ArrayBuffer> {
  const out = new Float32Array(values.length);
  const half = headRows / 2;
  for (let head = 0; head < values.length; head += headRows * columns) {
    for (let row = 0; row < headRows; row++) {
      const from = head + row * columns;
      const to = head + ((row % 2) * half + (row >> 1)) * columns;
      out.set(values.subarray(from, from + columns), to);
    }
  }
  return out;
}
