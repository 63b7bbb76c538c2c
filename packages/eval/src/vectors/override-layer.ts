import { type LayerVectors, SteeringVectors } from "@caa/core";

/**
 * One layer's vector at every layer given, with its halves and shuffles: whether a direction that was read at one layer
 * works at others.
 * @throws {CaaError} not-found when there is no vector of the layer; empty-selection without layers
 */
export function vectorAtEveryLayer(
  vectors: SteeringVectors,
  from: number,
  layers: readonly number[],
): SteeringVectors {
  const spread = (vector: Float32Array): LayerVectors =>
    new Map(layers.map((layer) => [layer, vector]));
  const own = vectors.vector(from);
  const part = (some: LayerVectors): LayerVectors => spread(some.get(from) ?? own);
  return new SteeringVectors({
    vectors: spread(own),
    halves: vectors.halves && [part(vectors.halves[0]), part(vectors.halves[1])],
    shuffles: vectors.shuffles.map(part),
    metadata: { ...vectors.metadata, contentHash: null },
  });
}
