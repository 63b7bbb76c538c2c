import { CaaError, norm, randomDirection, SteeringVectors } from "@caa/core";

/** Vectors that take the place of a behavior's own, to tell what is due to their direction from what any vector does. */
export interface Control {
  /** How results call these vectors, such as `raw-random-1`: one name for one recipe. */
  readonly name: string;
  readonly vectors: SteeringVectors;
}

/** Layers that vectors may have, so that a seed and a layer never give the seed of another pair. */
const LAYER_SPAN = 1_024;

/**
 * Vectors of the same lengths that point anywhere: at each layer a direction drawn evenly from the sphere whose radius is
 * the norm of the behavior's own vector. A seed gives a layer the same direction whatever other layers there are; layers
 * and seeds have directions of their own. What made the behavior's vectors stays in the metadata, but for the content hash.
 * @param seed whole, small enough that 1024 times it is a safe integer
 * @throws {CaaError} invalid-argument for a seed that is not whole or too large
 */
export function randomControl(vectors: SteeringVectors, seed: number): Control {
  if (!Number.isSafeInteger(seed) || !Number.isSafeInteger((Math.abs(seed) + 1) * LAYER_SPAN)) {
    const message = `randomControl: expected a whole seed of at most 43 bits, got ${seed}`;
    throw new CaaError("invalid-argument", message);
  }
  const { metadata, dModel, layers } = vectors;
  const kind = metadata.normalization === null ? "raw" : "normalized";
  const directions = layers.map((layer) => {
    const length = norm(vectors.vector(layer));
    return [layer, randomDirection(dModel, length, seed * LAYER_SPAN + layer)] as const;
  });
  return {
    name: `${kind}-random-${seed}`,
    vectors: new SteeringVectors({
      vectors: new Map(directions),
      metadata: { ...metadata, contentHash: null },
    }),
  };
}
