import { norm, type SteeringVectors } from "@caa/core";
import { cosineOrNull } from "./cosine-grid.ts";

/** Lowest, mean and highest of what shuffled labels give: chance. */
export interface Chance {
  readonly low: number;
  readonly mean: number;
  readonly high: number;
  /** Of how many values. */
  readonly n: number;
}

/** How stable the vector of one layer is. */
export interface LayerReliability {
  readonly layer: number;
  readonly norm: number;
  /** Norms of the vectors of shuffled labels; null without shuffles. */
  readonly normChance: Chance | null;
  /** Cosine of the vectors of two halves of the pairs; null without halves or where one is zero. */
  readonly splitHalf: number | null;
  /** Cosines between the vectors of different label shuffles; null with less than two of them. */
  readonly splitHalfChance: Chance | null;
  /**
   * `2c / (1 + c)` for a split-half cosine c > 0 (Spearman and Brown): the cosine that vectors of two whole sets of so
   * many pairs would have; null where there is none.
   */
  readonly wholeSet: number | null;
}

/**
 * Norm and split-half cosine of every layer beside what shuffled labels give. Two shuffles of the same pairs are as
 * unrelated as two halves would be if labels meant nothing, which makes the cosines between shuffles the chance of the
 * split-half cosine; `k` shuffles give `k (k - 1) / 2` of them.
 * @returns by layer
 */
export function reliability(vectors: SteeringVectors): readonly LayerReliability[] {
  return vectors.layers.map((layer) => {
    const [a, b] = [vectors.halves?.[0].get(layer), vectors.halves?.[1].get(layer)];
    const shuffles = vectors.shuffles.flatMap((part) => part.get(layer) ?? []);
    const splitHalf = a === undefined || b === undefined ? null : cosineOrNull(a, b);
    const cosines = shuffles.flatMap((one, i) =>
      shuffles.slice(0, i).flatMap((other) => cosineOrNull(one, other) ?? []),
    );
    return {
      layer,
      norm: norm(vectors.vector(layer)),
      normChance: chanceOf(shuffles.map(norm)),
      splitHalf,
      splitHalfChance: chanceOf(cosines),
      wholeSet: splitHalf !== null && splitHalf > 0 ? (2 * splitHalf) / (1 + splitHalf) : null,
    };
  });
}

/** The layer whose halves agree best; null when no layer has halves. */
export function mostReliableLayer(layers: readonly LayerReliability[]): LayerReliability | null {
  return layers.reduce<LayerReliability | null>(
    (best, next) =>
      next.splitHalf !== null && next.splitHalf > (best?.splitHalf ?? Number.NEGATIVE_INFINITY)
        ? next
        : best,
    null,
  );
}

function chanceOf(values: readonly number[]): Chance | null {
  return values.length === 0
    ? null
    : {
        low: Math.min(...values),
        mean: values.reduce((sum, value) => sum + value, 0) / values.length,
        high: Math.max(...values),
        n: values.length,
      };
}
