import { CaaError, type SteeringVectors } from "@caa/core";
import { type CosineGrid, cosineGrid, type Labeled } from "./cosine-grid.ts";

/** Between the layers of one file: `C_ij = cosine(v_i, v_j)`, (layers, layers). */
export function layerSimilarity(vectors: SteeringVectors): CosineGrid<number> {
  const layers = byLayer(vectors);
  return cosineGrid(layers, layers);
}

/**
 * Between behaviors at one layer of one model, (behaviors, behaviors), in the order given; files without the layer are
 * left out.
 * @throws {CaaError} incompatible-vector when the files are not of one model, read and prompted in one way
 */
export function behaviorSimilarity(
  sets: readonly SteeringVectors[],
  layer: number,
): CosineGrid<string> {
  checkOneOrigin(sets);
  const there = sets
    .filter(({ layers }) => layers.includes(layer))
    .map((set) => ({ label: set.behavior, vector: set.vector(layer) }));
  return cosineGrid(there, there);
}

/**
 * Between the layers of two models for one behavior, (layers of a, layers of b); layer by layer is its diagonal.
 * @throws {CaaError} shape-mismatch when the models' hidden states differ in size; invalid-argument for two behaviors
 */
export function modelSimilarity(a: SteeringVectors, b: SteeringVectors): CosineGrid<number> {
  if (a.behavior !== b.behavior) {
    const message = `modelSimilarity: expected vectors of one behavior, got ${a.behavior} and ${b.behavior}`;
    throw new CaaError("invalid-argument", message);
  }
  if (a.dModel !== b.dModel) {
    const message = `modelSimilarity: ${a.behavior}: expected hidden states of one size, got ${a.dModel} of ${a.metadata.modelId} and ${b.dModel} of ${b.metadata.modelId}`;
    throw new CaaError("shape-mismatch", message, { facts: { sizes: [a.dModel, b.dModel] } });
  }
  return cosineGrid(byLayer(a), byLayer(b));
}

/** Cosines between files mean nothing where another model or another way of reading made one of them. */
function checkOneOrigin(sets: readonly SteeringVectors[]): void {
  const [first] = sets;
  for (const { behavior, metadata } of sets) {
    for (const key of ["modelHash", "promptStyle", "readPosition"] as const) {
      if (first !== undefined && metadata[key] !== first.metadata[key]) {
        const message = `vectors of ${behavior}: expected the same ${key} as those of ${first.behavior} (${first.metadata[key].slice(0, 40)}), got ${metadata[key].slice(0, 40)}`;
        throw new CaaError("incompatible-vector", message, { facts: { behavior, key } });
      }
    }
  }
}

function byLayer(vectors: SteeringVectors): ReadonlyArray<Labeled<number>> {
  return vectors.layers.map((label) => ({ label, vector: vectors.vector(label) }));
}
