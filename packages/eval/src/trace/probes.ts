import { norm, type Probe, type SteeringVectors } from "@caa/core";
import { mostReliableLayer, reliability } from "../analysis/reliability.ts";

/** The vectors of a behavior as probes, one a layer; layers where the vector is zero have no direction to watch. */
export function probesOf(vectors: SteeringVectors): readonly Probe[] {
  return vectors.layers
    .map((layer) => ({ name: vectors.behavior, layer, vector: vectors.vector(layer) }))
    .filter(({ vector }) => norm(vector) > 0);
}

/** A layer of vectors to look at where none was asked for, and why this one. */
export interface ChosenLayer {
  readonly layer: number;
  readonly why: string;
}

/** The layer whose halves agree best; the middle one of vectors without halves. Null where all vectors are zero. */
export function defaultLayer(vectors: SteeringVectors): ChosenLayer | null {
  const layers = probesOf(vectors).map(({ layer }) => layer);
  const best = mostReliableLayer(
    reliability(vectors).filter(({ layer }) => layers.includes(layer)),
  );
  if (best !== null) {
    return { layer: best.layer, why: "where the vectors of two halves of the pairs agree best" };
  }
  const middle = layers[Math.floor(layers.length / 2)];
  return middle === undefined ? null : { layer: middle, why: "the middle one of the file" };
}
