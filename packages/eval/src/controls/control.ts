import { CaaError, type LayerVectors, norm, randomDirection, SteeringVectors } from "@caa/core";

/** Vectors that take the place of a behavior's own, to tell what is due to their direction from what any vector does. */
export interface Control {
  /** How results call these vectors, such as `raw-random-1`: one name for one recipe. */
  readonly name: string;
  readonly vectors: SteeringVectors;
}

/** As results name controls: the vectors that they stand beside, the recipe and its seed. */
const NAME = /^(.+)-(?:random|shuffled)-(?:-?\d+)$/;

/** The vectors that a control stands beside, as results call both: `raw` of `raw-random-1`; null for what is no control. */
export function vectorsOfControl(name: string): string | null {
  return NAME.exec(name)?.[1] ?? null;
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
  const directions = vectors.layers.map((layer) => {
    const length = norm(vectors.vector(layer));
    return [layer, randomDirection(vectors.dModel, length, seed * LAYER_SPAN + layer)] as const;
  });
  return controlOf(vectors, `random-${seed}`, new Map(directions));
}

/**
 * The vectors that the same pairs give when a coin decides for each pair which of its answers counts as the matching one: what
 * chance alone makes of these pairs. They keep the length that they come out with, about `1 / sqrt(pairs)` of the behavior's
 * own: where the pairs agree on a direction a shuffle points along it, one way or the other, so that at the vector's length
 * it would be the vector itself or its opposite, and no control.
 * @param index which of the shuffles that were made with the vectors
 * @returns null where the vectors do not have it, as when they were saved without
 */
export function shuffledControl(vectors: SteeringVectors, index = 0): Control | null {
  const shuffle = vectors.shuffles[index];
  if (shuffle === undefined) {
    return null;
  }
  return controlOf(vectors, `shuffled-${index}`, shuffle);
}

function controlOf({ metadata }: SteeringVectors, what: string, vectors: LayerVectors): Control {
  const kind = metadata.normalization === null ? "raw" : "normalized";
  return {
    name: `${kind}-${what}`,
    vectors: new SteeringVectors({ vectors, metadata: { ...metadata, contentHash: null } }),
  };
}
