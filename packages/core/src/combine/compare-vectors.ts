import { CaaError } from "../errors/caa-error.ts";
import type { SteeringVectorsMetadata } from "../steering-vectors/metadata.ts";
import type { SteeringVectors } from "../steering-vectors/steering-vectors.ts";
import { cosine, norm } from "../vectors/vectors.ts";

export interface LayerDifference {
  readonly layer: number;
  /** In [-1, 1]; null where one of the two is zero. */
  readonly cosine: number | null;
  /** `||b|| / ||a||`; null where a is zero. */
  readonly normRatio: number | null;
  /** `max_i |a_i - b_i|` */
  readonly largestDifference: number;
}

export interface VectorsComparison {
  /** Of the layers that both have, ascending. */
  readonly layers: readonly LayerDifference[];
  /** Layers that one of them has alone. */
  readonly onlyInA: readonly number[];
  readonly onlyInB: readonly number[];
  /** What their metadata says differently. */
  readonly metadata: ReadonlyArray<{
    readonly key: keyof SteeringVectorsMetadata;
    readonly a: unknown;
    readonly b: unknown;
  }>;
}

/**
 * How two files of vectors differ, layer by layer and in what they say of themselves.
 * @throws {CaaError} shape-mismatch for vectors of different sizes; empty-selection when they share no layer
 */
export function compareVectors(a: SteeringVectors, b: SteeringVectors): VectorsComparison {
  if (a.dModel !== b.dModel) {
    throw new CaaError(
      "shape-mismatch",
      `compareVectors: expected vectors of one size, got ${a.dModel} and ${b.dModel} values a layer`,
    );
  }
  const both = a.layers.filter((layer) => b.layers.includes(layer));
  if (both.length === 0) {
    throw new CaaError(
      "empty-selection",
      `compareVectors: expected a layer that both have, got layers ${a.layers.join(" ")} and ${b.layers.join(" ")}`,
    );
  }
  return {
    layers: both.map((layer) => compareLayer(layer, a.vector(layer), b.vector(layer))),
    onlyInA: a.layers.filter((layer) => !both.includes(layer)),
    onlyInB: b.layers.filter((layer) => !both.includes(layer)),
    metadata: KEYS.flatMap((key) =>
      JSON.stringify(a.metadata[key]) === JSON.stringify(b.metadata[key])
        ? []
        : [{ key, a: a.metadata[key], b: b.metadata[key] }],
    ),
  };
}

function compareLayer(layer: number, a: Float32Array, b: Float32Array): LayerDifference {
  const [lengthA, lengthB] = [norm(a), norm(b)];
  return {
    layer,
    cosine: lengthA === 0 || lengthB === 0 ? null : cosine(a, b),
    normRatio: lengthA === 0 ? null : lengthB / lengthA,
    largestDifference: a.reduce((most, x, i) => Math.max(most, Math.abs(x - (b[i] ?? 0))), 0),
  };
}

/** All but the version of the layout, in which they cannot differ. */
const KEYS = [
  "behavior",
  "modelId",
  "modelHash",
  "architecture",
  "layerCount",
  "hookPoint",
  "readPosition",
  "dtype",
  "promptStyle",
  "system",
  "datasetName",
  "datasetHash",
  "pairCount",
  "aggregation",
  "normalization",
  "shuffleSeed",
  "contentHash",
  "provenance",
] as const satisfies ReadonlyArray<keyof SteeringVectorsMetadata>;
