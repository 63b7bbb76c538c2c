import type { SteeringVectors } from "@caa/core";
import { type LayerReliability, reliability } from "../analysis/reliability.ts";

/** How stable a layer's vector is, and whether chance explains that. */
export interface JudgedReliability extends LayerReliability {
  /** Null where the vectors have no halves or no shuffles to tell from. */
  readonly reliable: boolean | null;
}

/**
 * Tells, before anything is run, which layers have a vector at all: one whose halves agree better than any two label shuffles
 * do, and that is longer than every shuffle. The cosine alone does not tell where pairs differ along one line whatever their
 * labels, since shuffles then lie on that line too; the length alone does not tell a direction from a few strong pairs.
 * @returns by layer
 */
export function judgeReliability(vectors: SteeringVectors): readonly JudgedReliability[] {
  return reliability(vectors).map((layer) => {
    const { splitHalf, splitHalfChance, norm, normChance } = layer;
    if (norm === 0) {
      return { ...layer, reliable: false };
    }
    const known = splitHalf !== null && splitHalfChance !== null && normChance !== null;
    return {
      ...layer,
      reliable: known ? splitHalf > splitHalfChance.high && norm > normChance.high : null,
    };
  });
}
