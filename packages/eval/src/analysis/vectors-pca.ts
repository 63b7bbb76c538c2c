import { CaaError, norm, normalizeTo, pca, type SteeringVectors } from "@caa/core";

/** Where the vector of one layer of one model lies. */
export interface VectorPoint {
  readonly model: string;
  readonly layer: number;
  /** Coordinates on the two components. */
  readonly x: number;
  readonly y: number;
}

export interface VectorsPca {
  /** By file in the order given, then layer. */
  readonly points: readonly VectorPoint[];
  /** Parts of the variance along the two components, in [0, 1]. */
  readonly explained: readonly [number, number];
}

export interface VectorsPcaOptions {
  /**
   * `directions` scales every vector to length 1 first: the length grows from layer to layer, and would else be most of
   * the picture.
   * @default "directions"
   */
  readonly of?: "directions" | "vectors";
  /** What a file's model is called. @default its id */
  readonly name?: (vectors: SteeringVectors) => string;
}

/**
 * Two principal components of the vectors of all layers of all files. Vectors that are zero have no direction and are
 * left out.
 * @throws {CaaError} shape-mismatch when sizes differ; invalid-argument for less than three vectors that are not zero,
 *   or for vectors that vary in one direction only
 */
export function vectorsPca(
  sets: readonly SteeringVectors[],
  options: VectorsPcaOptions = {},
): VectorsPca {
  const { of = "directions", name = ({ metadata }) => metadata.modelId } = options;
  const rows = sets.flatMap((set) =>
    set.layers
      .map((layer) => ({ model: name(set), layer, vector: set.vector(layer) }))
      .filter(({ vector }) => norm(vector) > 0),
  );
  if (rows.length < 3) {
    const message = `vectorsPca: expected at least three vectors that are not zero, got ${rows.length}`;
    throw new CaaError("invalid-argument", message);
  }
  const { projections, explainedVarianceRatio } = pca(
    rows.map(({ vector }) => (of === "vectors" ? vector : normalizeTo(vector, 1))),
  );
  return {
    points: rows.map(({ model, layer }, i) => ({
      model,
      layer,
      x: projections[i]?.[0] ?? 0,
      y: projections[i]?.[1] ?? 0,
    })),
    explained: [explainedVarianceRatio[0] ?? 0, explainedVarianceRatio[1] ?? 0],
  };
}
