import { CaaError } from "../../errors/caa-error.ts";
import type { TorchDtype } from "./torch-tensor.ts";

export interface EncodeTorchOptions {
  /**
   * Number format of the file; values are rounded to the nearest, ties to even.
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
 * A file of one tensor that `torch.load(path, weights_only=True)` reads.
 * @throws {CaaError} shape-mismatch; invalid-argument for a finite value too large for `dtype`
 */
export function encodeTorch(
  values: Float32Array | Float64Array,
  { dtype = "float32" }: EncodeTorchOptions = {},
): Uint8Array {
  throw new CaaError("unsupported", `encodeTorch: not there yet, ${values.length} ${dtype}`);
}
