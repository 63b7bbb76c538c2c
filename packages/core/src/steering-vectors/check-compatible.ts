import { CaaError } from "../errors/caa-error.ts";
import type { ModelInfo } from "../model/steerable-model.ts";
import type { SteeringVectors } from "./steering-vectors.ts";

export interface CheckCompatibleOptions {
  /** Take vectors of another model when their size fits. @default false */
  readonly allowOtherModel?: boolean;
  /** Only these layers will be used. @default all of the vectors */
  readonly layers?: readonly number[];
}

/**
 * How well vectors fit a model: made on it, on one of the same architecture and depth, or on one that is known only to
 * have a residual stream of the same size.
 */
export type Compatibility = "exact" | "architecture" | "size";

/** The `modelHash` of vectors that were made elsewhere, in a file that does not tell the model's. */
export const UNKNOWN_MODEL_HASH = "unknown";

/**
 * Whether vectors can steer a model, and how well they fit it. Vectors of an unknown model are taken like those of this
 * one, since nothing can say more of them than their size does.
 * @throws {CaaError} `incompatible-vector` when their size differs or a layer does not exist in the model, and, unless
 * allowed, when they were made on another model
 */
export function checkCompatible(
  vectors: SteeringVectors,
  model: Pick<ModelInfo, "id" | "hash" | "architecture" | "dModel" | "layerCount">,
  { allowOtherModel = false, layers = vectors.layers }: CheckCompatibleOptions = {},
): Compatibility {
  const { modelId, modelHash, architecture, layerCount } = vectors.metadata;
  const where = `vectors of "${vectors.behavior}", made on ${modelId}`;
  const refuse = (message: string, facts: Readonly<Record<string, unknown>>): CaaError =>
    new CaaError("incompatible-vector", `${where}: ${message}`, {
      facts: { behavior: vectors.behavior, madeOn: modelId, model: model.id, ...facts },
    });
  if (vectors.dModel !== model.dModel) {
    throw refuse(`expected ${model.dModel} values a layer for ${model.id}, got ${vectors.dModel}`, {
      expected: model.dModel,
      got: vectors.dModel,
    });
  }
  const outside = layers.find(
    (layer) => !Number.isInteger(layer) || layer < 0 || layer >= model.layerCount,
  );
  if (outside !== undefined) {
    throw refuse(`expected layers 0 to ${model.layerCount - 1} for ${model.id}, got ${outside}`, {
      layer: outside,
    });
  }
  if (modelHash === model.hash) {
    return "exact";
  }
  if (modelHash !== UNKNOWN_MODEL_HASH && !allowOtherModel) {
    throw refuse(
      `expected vectors made on this model, ${model.id} (${model.hash.slice(0, 12)}), got ${modelHash.slice(0, 12)}`,
      { expected: model.hash, got: modelHash },
    );
  }
  return architecture === model.architecture && layerCount === model.layerCount
    ? "architecture"
    : "size";
}
