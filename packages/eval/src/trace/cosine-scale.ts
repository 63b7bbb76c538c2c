import { CaaError, studentTQuantile } from "@caa/core";
import { divergingColor } from "../plots/palette.ts";

/** Colors are strongest at so many bands: far enough for a vector that was added to be told from one that is merely there. */
const BANDS_TO_LIMIT = 5;

/**
 * How far from 0 the cosine with a direction drawn at random may be: with `u` even on the sphere, `cos(h, u)` has the same
 * distribution for every h that is not zero, and lies in ±band with the given confidence:
 * `band = t / sqrt(t² + d - 1)`, t the `(1 + confidence) / 2` quantile of Student's t with d - 1 degrees of freedom.
 * That of the dot product with a vector v is `band ||h|| ||v||`.
 * @param dModel d, from 2 on
 * @throws {CaaError} invalid-argument
 * @example cosineBand(4096) // 0.0306...
 */
export function cosineBand(dModel: number, confidence = 0.95): number {
  if (!Number.isSafeInteger(dModel) || dModel < 2) {
    throw new CaaError(
      "invalid-argument",
      `cosineBand: expected 2 dimensions or more, got ${dModel}`,
    );
  }
  if (!(confidence > 0 && confidence < 1)) {
    throw new CaaError(
      "invalid-argument",
      `cosineBand: expected a confidence between 0 and 1, got ${confidence}`,
    );
  }
  const t = studentTQuantile((1 + confidence) / 2, dModel - 1);
  return t / Math.sqrt(t * t + dModel - 1);
}

/** From cosines to colors. */
export interface CosineScale {
  /** Within ± this a cosine is what one of a random direction may be, and white. */
  readonly band: number;
  /** From here on a color gets no stronger. */
  readonly limit: number;
}

/** The scale of all traces of models of one size: so colors can be compared between texts, layers and behaviors. */
export function cosineScale(dModel: number): CosineScale {
  const band = cosineBand(dModel);
  return { band, limit: Math.min(1, BANDS_TO_LIMIT * band) };
}

/** White within the band, then evenly to orange (negative) or blue (positive) at the limit, as `#rrggbb`. */
export function cosineColor(cosine: number, { band, limit }: CosineScale): string {
  const beyond = Math.max(0, Math.abs(cosine) - band) / (limit - band);
  return divergingColor(Math.sign(cosine) * beyond);
}
