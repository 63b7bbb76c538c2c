import { CaaError } from "../errors/caa-error.ts";
import type { SteeringVectors } from "../steering-vectors/steering-vectors.ts";
import { combineParts } from "./parts.ts";

export interface WeightedVectors {
  readonly vectors: SteeringVectors;
  /** Negative turns the vector round. @default 1 */
  readonly weight?: number;
}

/**
 * A weighted sum at every layer, `v = sum_i w_i v_i`, in float64, rounded to float32 once. One term scales a vector.
 * @param behavior the name of the result
 * @throws {CaaError} empty-selection without terms; invalid-argument for a weight that is 0 or not finite;
 * incompatible-vector for vectors of different models, layers or kinds
 * @example sumVectors([{ vectors: sycophancy }, { vectors: refusal, weight: -0.5 }], "frank")
 */
export function sumVectors(terms: readonly WeightedVectors[], behavior: string): SteeringVectors {
  const weights = terms.map(({ vectors, weight = 1 }) => {
    if (!Number.isFinite(weight) || weight === 0) {
      throw new CaaError(
        "invalid-argument",
        `sumVectors: ${vectors.behavior}: expected a weight that is finite and not 0, got ${weight}`,
      );
    }
    return weight;
  });
  const inputs = terms.map(({ vectors }) => vectors);
  return combineParts(inputs, {
    behavior,
    formula: formatSum(inputs, weights),
    combine: (_, rows) => {
      const sum = new Float64Array(rows[0]?.length ?? 0); // (d_model)
      rows.forEach((row, term) =>
        row.forEach((x, i) => (sum[i] = (sum[i] ?? 0) + (weights[term] ?? 0) * x)),
      );
      return sum;
    },
  });
}

/** Such as `1 * sycophancy - 0.5 * refusal`. */
function formatSum(inputs: readonly SteeringVectors[], weights: readonly number[]): string {
  return inputs
    .map(({ behavior }, i) => {
      const weight = weights[i] ?? 0;
      const sign = weight < 0 ? "- " : i === 0 ? "" : "+ ";
      return `${sign}${Math.abs(weight)} * ${behavior}`;
    })
    .join(" ");
}
