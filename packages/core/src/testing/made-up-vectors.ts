import { createRandom } from "../random/random.ts";
import type { SteeringVectorsMetadata } from "../steering-vectors/metadata.ts";
import { SteeringVectors, type LayerVectors } from "../steering-vectors/steering-vectors.ts";

/** Steering vectors of random numbers with everything that real ones have, for tests. */
export function madeUpVectors(
  options: {
    readonly layers?: readonly number[];
    readonly dModel?: number;
    readonly seed?: number;
    readonly metadata?: Partial<SteeringVectorsMetadata>;
  } = {},
): SteeringVectors {
  const { layers = [3, 5], dModel = 4, seed = 1, metadata } = options;
  const random = createRandom(seed);
  const part = (): LayerVectors =>
    new Map(
      layers.map((layer) => [
        layer,
        Float32Array.from({ length: dModel }, () => random.gaussian()),
      ]),
    );
  return new SteeringVectors({
    vectors: part(),
    halves: [part(), part()],
    shuffles: Array.from({ length: 5 }, part),
    metadata: {
      formatVersion: 1,
      behavior: "sycophancy",
      modelId: "fake/model",
      modelHash: "0123abcd",
      architecture: null,
      layerCount: null,
      hookPoint: "resid-post",
      readPosition: "first token where the answers differ",
      dtype: "float32",
      promptStyle: "llama2-chat",
      system: null,
      datasetName: "generate/sycophancy/generate_dataset.json",
      datasetHash: "feed",
      pairCount: 10,
      aggregation: "mean-difference",
      normalization: null,
      shuffleSeed: 0,
      contentHash: null,
      provenance: null,
      ...metadata,
    },
  });
}
