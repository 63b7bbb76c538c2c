import { CaaError } from "../../errors/caa-error.ts";
import { toBF16Bits, toF16Bits } from "../../floats/round-floats.ts";
import { MAX_RANK, MAX_VALUES } from "./limits.ts";
import type { TorchDtype } from "./torch-tensor.ts";
import { writeTensorPickle } from "./write-pickle.ts";
import { writeZip } from "./zip-writer.ts";

export interface EncodeTorchOptions {
  /**
   * Number format of the file; values are rounded to the nearest, ties to even, to half the precision by way of float32.
   * @default "float32"
   */
  readonly dtype?: TorchDtype;
  /**
   * Row-major.
   * @default [values.length]
   */
  readonly shape?: readonly number[];
}

/**
 * A file of one tensor, as `torch.save(tensor, path)` writes it, which `torch.load(path, weights_only=True)` reads: a
 * ZIP archive, the format of PyTorch 1.6 and later. The same values give the same bytes.
 * @throws {CaaError} shape-mismatch; invalid-argument for a shape of more than 8 dimensions or 2^26 values, and for a
 * finite value that is infinite in `dtype`
 */
export function encodeTorch(
  values: Float32Array | Float64Array,
  { dtype = "float32", shape = [values.length] }: EncodeTorchOptions = {},
): Uint8Array {
  checkShape(values.length, shape);
  return writeZip(
    new Map([
      ["archive/data.pkl", writeTensorPickle(dtype, shape)],
      ["archive/byteorder", new TextEncoder().encode("little")],
      ["archive/data/0", toBytes(values, dtype)],
      ["archive/version", new TextEncoder().encode("3\n")],
    ]),
  );
}

function checkShape(length: number, shape: readonly number[]): void {
  const wanted = shape.reduce((product, size) => product * size, 1);
  if (!shape.every((size) => Number.isSafeInteger(size) && size >= 0) || wanted !== length) {
    throw new CaaError(
      "shape-mismatch",
      `encodeTorch: [${shape.join(", ")}] takes ${wanted} values, got ${length}`,
    );
  }
  // Strides count an empty axis as one.
  const step = shape.reduce((product, size) => product * Math.max(size, 1), 1);
  if (shape.length > MAX_RANK || step > MAX_VALUES) {
    throw new CaaError(
      "invalid-argument",
      `encodeTorch: expected at most ${MAX_RANK} dimensions and ${MAX_VALUES} values, got [${shape.join(", ")}]`,
    );
  }
}

function toBytes(values: Float32Array | Float64Array, dtype: TorchDtype): Uint8Array {
  if (dtype === "float64") {
    return new Uint8Array(Float64Array.from(values).buffer);
  }
  const singles = Float32Array.from(values);
  if (dtype === "float32") {
    checkFinite(values, dtype, (index) => singles[index] ?? 0);
    return new Uint8Array(singles.buffer);
  }
  const toBits = dtype === "float16" ? toF16Bits : toBF16Bits;
  const infinity = toBits(Number.POSITIVE_INFINITY);
  const halves = Uint16Array.from(singles, toBits);
  checkFinite(values, dtype, (index) =>
    ((halves[index] ?? 0) & 0x7fff) === infinity ? Number.POSITIVE_INFINITY : 0,
  );
  return new Uint8Array(halves.buffer);
}

/** Throws where a finite value became infinite. */
function checkFinite(
  values: Float32Array | Float64Array,
  dtype: TorchDtype,
  written: (index: number) => number,
): void {
  const lost = values.findIndex(
    (value, index) => Number.isFinite(value) && Math.abs(written(index)) === Infinity,
  );
  if (lost >= 0) {
    throw new CaaError(
      "invalid-argument",
      `encodeTorch: value ${lost}, ${values[lost]}, is too large for ${dtype}`,
    );
  }
}
