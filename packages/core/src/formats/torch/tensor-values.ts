import { readBF16, readF16, readF32 } from "../../floats/plain-floats.ts";
import type { TensorReference } from "./pickle-values.ts";
import { broken } from "./refuse.ts";
import { ITEM_BYTES } from "./storage-types.ts";
import type { TorchDtype } from "./torch-tensor.ts";

/** Values of a tensor, checked against no limit: only a product. */
export function valueCount({ shape }: TensorReference): number {
  return shape.includes(0) ? 0 : shape.reduce((product, size) => product * size, 1);
}

/**
 * The values of a view, row-major: value `[i, j, ...]` is number `offset + i * strides[0] + j * strides[1] + ...` of
 * the storage, which `bytes` holds.
 * @throws {CaaError} invalid-file for a view that leaves its storage
 */
export function tensorValues(
  tensor: TensorReference,
  bytes: Uint8Array,
): Float32Array | Float64Array {
  const count = valueCount(tensor);
  const { dtype } = tensor.storage;
  if (count === 0) {
    return toFloats(new Uint8Array(0), dtype, 0);
  }
  checkInside(tensor);
  const itemBytes = ITEM_BYTES[dtype];
  const begin = (tensor.storage.view.offset + tensor.offset) * itemBytes;
  return isRowMajor(tensor)
    ? toFloats(bytes.subarray(begin, begin + count * itemBytes), dtype, count)
    : toFloats(gather(tensor, bytes.subarray(begin), itemBytes, count), dtype, count);
}

function checkInside({ storage, offset, shape, strides }: TensorReference): void {
  const last = shape.reduce((sum, size, axis) => sum + (size - 1) * (strides[axis] ?? 0), offset);
  if (!(last < storage.view.length)) {
    throw broken(
      `a tensor [${shape.join(", ")}] with the strides [${strides.join(", ")}] ends at value ${last} of ${storage.view.length}`,
    );
  }
}

/** Without gaps and in order; the stride of an axis of one value does not matter. */
function isRowMajor({ shape, strides }: TensorReference): boolean {
  let expected = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    const size = shape[axis] ?? 1;
    if (size !== 1 && strides[axis] !== expected) {
      return false;
    }
    expected *= size;
  }
  return true;
}

/** Copies the bytes of each value, in the order of the indices, the last the fastest. */
function gather(
  { shape, strides }: TensorReference,
  bytes: Uint8Array,
  itemBytes: number,
  count: number,
): Uint8Array {
  const out = new Uint8Array(count * itemBytes);
  const index = shape.map(() => 0);
  let from = 0; // in values
  for (let to = 0; to < out.length; to += itemBytes) {
    for (let byte = 0; byte < itemBytes; byte++) {
      out[to + byte] = bytes[from * itemBytes + byte] ?? 0;
    }
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      const stride = strides[axis] ?? 0;
      const next = (index[axis] ?? 0) + 1;
      if (next < (shape[axis] ?? 0)) {
        index[axis] = next;
        from += stride;
        break;
      }
      from -= (next - 1) * stride;
      index[axis] = 0;
    }
  }
  return out;
}

function toFloats(
  bytes: Uint8Array,
  dtype: TorchDtype,
  count: number,
): Float32Array | Float64Array {
  if (dtype === "float64") {
    const out = new Float64Array(count);
    new Uint8Array(out.buffer).set(bytes);
    return out;
  }
  const out = new Float32Array(count);
  const read = { bfloat16: readBF16, float16: readF16, float32: readF32 }[dtype];
  read(bytes, out);
  return out;
}
