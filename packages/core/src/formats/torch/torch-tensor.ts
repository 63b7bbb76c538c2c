/** Number formats of tensors that are read and written; others, such as integers, are refused by name. */
export type TorchDtype = "bfloat16" | "float16" | "float32" | "float64";

/** A tensor of a `.pt` file. */
export interface TorchTensor {
  /** Its keys and indices from the outermost in, joined by dots, such as `layers.13`; empty for a file that is one tensor. */
  readonly name: string;
  /** As the file has it. */
  readonly dtype: TorchDtype;
  /** Empty for a scalar. */
  readonly shape: readonly number[];
  /** Row-major, of `shape`, exact: float64 as `Float64Array`, everything else as `Float32Array`. */
  readonly values: Float32Array | Float64Array;
}
