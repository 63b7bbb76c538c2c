import {
  CaaError,
  type ContrastActivation,
  FIRST_DIFFERENT_TOKEN,
  type SteerableModel,
  type SteeringVectors,
  throwIfAborted,
  VectorAccumulator,
} from "@caa/core";
import type { AbItem, DataSet } from "@caa/datasets";

/** What was read on one pair, as it comes. */
export interface PairActivation extends ContrastActivation {
  /** 0-based. */
  readonly index: number;
  readonly item: AbItem;
}

export interface GenerateVectorsOptions {
  /** In any order. @default all of the model */
  readonly layers?: readonly number[] | undefined;
  /** Only so many pairs from the start of the data set. @default all */
  readonly limit?: number | undefined;
  /** A system prompt for every pair. @default none */
  readonly system?: string | undefined;
  /** Of the label shuffles. @default 0 */
  readonly shuffleSeed?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called after each pair. */
  readonly onProgress?:
    | ((progress: { readonly done: number; readonly total: number }) => void)
    | undefined;
  /** Called with the activations of each pair, rows by ascending layer; awaited, so that it may write them. */
  readonly onActivation?: ((activation: PairActivation) => void | Promise<void>) | undefined;
}

/**
 * The steering vectors of a data set's behavior, one a layer: `mean over pairs (h(matching) - h(not matching))`, h the
 * residual stream where the two answers first differ. In the same pass the vectors of both halves of the pairs and of
 * seeded label shuffles.
 * @throws {CaaError} empty-selection without pairs or layers, invalid-argument for a bad limit or layer; aborted; what
 *   the model throws
 */
export async function generateVectors(
  model: SteerableModel,
  dataset: DataSet<AbItem>,
  options: GenerateVectorsOptions = {},
): Promise<SteeringVectors> {
  const { limit, system, shuffleSeed = 0, signal, onProgress, onActivation } = options;
  const { info } = model;
  throwIfAborted(signal);
  const layers = checkLayers(
    options.layers ?? Array.from({ length: info.layerCount }, (_, i) => i),
    info.layerCount,
  );
  if (limit !== undefined && (!Number.isSafeInteger(limit) || limit < 1)) {
    throw new CaaError(
      "invalid-argument",
      `limit: expected a whole number from 1 on, got ${limit}`,
    );
  }
  const items = dataset.items.slice(0, limit);
  if (items.length === 0) {
    throw new CaaError(
      "empty-selection",
      `${dataset.path}: expected at least one contrast pair, got none`,
    );
  }

  const accumulator = new VectorAccumulator({ layers, dModel: info.dModel, shuffleSeed });
  const prompts = items.map((item) => ({
    user: item.question,
    positive: item.answer_matching_behavior,
    negative: item.answer_not_matching_behavior,
    ...(system === undefined ? {} : { system }),
  }));
  for await (const activation of model.contrastActivations(prompts, { layers, signal })) {
    const index = accumulator.pairCount;
    const item = items[index];
    if (item === undefined) {
      throw new CaaError(
        "shape-mismatch",
        `contrastActivations: expected ${items.length} results, got more`,
      );
    }
    accumulator.add(activation.positive, activation.negative);
    await onActivation?.({ ...activation, index, item });
    onProgress?.({ done: index + 1, total: items.length });
    throwIfAborted(signal);
  }
  if (accumulator.pairCount !== items.length) {
    const message = `contrastActivations: expected ${items.length} results, got ${accumulator.pairCount}`;
    throw new CaaError("shape-mismatch", message);
  }
  return accumulator.finish({
    behavior: dataset.behavior,
    modelId: info.id,
    modelHash: info.hash,
    architecture: info.architecture,
    layerCount: info.layerCount,
    readPosition: FIRST_DIFFERENT_TOKEN,
    dtype: info.dtype,
    promptStyle: info.promptStyle,
    system: system ?? null,
    datasetName: dataset.path,
    datasetHash: dataset.hash,
  });
}

function checkLayers(layers: readonly number[], layerCount: number): readonly number[] {
  if (layers.length === 0) {
    throw new CaaError("empty-selection", "layers: expected at least one, got none");
  }
  const bad = layers.find((layer) => !Number.isInteger(layer) || layer < 0 || layer >= layerCount);
  if (bad !== undefined) {
    throw new CaaError("invalid-argument", `layers: expected 0 to ${layerCount - 1}, got ${bad}`, {
      facts: { layer: bad },
    });
  }
  return [...new Set(layers)].sort((a, b) => a - b);
}
