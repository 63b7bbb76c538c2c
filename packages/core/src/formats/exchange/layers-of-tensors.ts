import { CaaError } from "../../errors/caa-error.ts";
import type { LayerVectors } from "../../steering-vectors/steering-vectors.ts";
import type { TorchDtype, TorchTensor } from "../torch/torch-tensor.ts";
import { layerOfName } from "./layer-of-name.ts";

/** A tensor, and the file that it is of. */
export interface FileTensor extends TorchTensor {
  readonly file: string;
}

export interface LayersOfTensors {
  readonly vectors: LayerVectors;
  /** What is not as in the files, in words. */
  readonly changes: readonly string[];
}

/**
 * The vectors of layers as float32, one a tensor. The name of the tensor or of its file says the layer; `layer` is that of
 * a tensor whose names say none.
 * @throws {CaaError} `invalid-file` for values that are not finite, no vectors, or two of one layer; `invalid-argument`
 * where the layer is not said, or said twice and differently; `shape-mismatch` for vectors of different sizes
 */
export function layersOfTensors(
  tensors: readonly FileTensor[],
  layer: number | undefined,
): LayersOfTensors {
  const found = new Map<number, { readonly where: string; readonly values: Float32Array }>();
  const kinds = new Map<TorchDtype, { values: number; rounded: number }>();
  const shapes = new Set<string>();
  let size: { readonly where: string; readonly length: number } | undefined;
  for (const tensor of tensors) {
    const { dtype, shape, values } = tensor;
    const where = tensor.name === "" ? tensor.file : `${tensor.file}: tensor "${tensor.name}"`;
    const long = shape.filter((extent) => extent !== 1);
    if (long.length > 1 || shape.length === 0 || values.length === 0) {
      throw invalid(`${where}: expected one vector, got the shape [${shape.join(", ")}]`);
    }
    if (shape.length > 1) {
      shapes.add(`the shape [${shape.join(", ")}] is read as [${values.length}]`);
    }
    size ??= { where, length: values.length };
    if (values.length !== size.length) {
      const message = `${where}: expected ${size.length} values, as in ${size.where}, got ${values.length}`;
      throw new CaaError("shape-mismatch", message, { facts: { file: tensor.file } });
    }
    const at = layerOf(tensor, where, layer);
    const other = found.get(at);
    if (other !== undefined) {
      throw invalid(`${where}: expected one vector of layer ${at}, got another in ${other.where}`);
    }
    const floats = Float32Array.from(values);
    if (!floats.every(Number.isFinite)) {
      throw invalid(`${where}: expected finite float32 values, got NaN, infinity or larger ones`);
    }
    const kind = kinds.get(dtype) ?? { values: 0, rounded: 0 };
    kind.values += values.length;
    kind.rounded += floats.reduce((sum, x, i) => sum + (x === values[i] ? 0 : 1), 0);
    kinds.set(dtype, kind);
    found.set(at, { where, values: floats });
  }
  kinds.delete("float32");
  const conversions = [...kinds].map(
    ([dtype, { values, rounded }]) =>
      `${dtype} to float32, ${rounded === 0 ? `exact for all ${values} values` : `${rounded} of ${values} values rounded`}`,
  );
  return {
    vectors: new Map([...found].map(([at, { values }]) => [at, values])),
    changes: [...conversions, ...shapes],
  };
}

function layerOf({ name, file }: FileTensor, where: string, asked: number | undefined): number {
  const said = [layerOfName(name, "tensor"), layerOfName(file, "file"), asked ?? null];
  const [layer, other] = [...new Set(said.filter((one) => one !== null))];
  if (layer === undefined) {
    const message = `${where}: expected a name that says the layer, such as layer.13, or the layer given beside it (--layer), got neither`;
    throw new CaaError("invalid-argument", message, { facts: { file } });
  }
  if (other !== undefined) {
    const message = `${where}: expected one layer in its names and beside it, got ${layer} and ${other}`;
    throw new CaaError("invalid-argument", message, { facts: { file, layer, other } });
  }
  return layer;
}

function invalid(message: string): CaaError {
  return new CaaError("invalid-file", message);
}
