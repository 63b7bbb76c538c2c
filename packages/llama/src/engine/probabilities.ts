import { CaaError } from "@caa/core";

/** `exp(z_t) / sum exp(z)` over the whole vocabulary, in float64, for the tokens asked for; each in [0, 1]. */
export function tokenProbabilities(
  logits: Float32Array,
  tokens: readonly number[],
): readonly number[] {
  const { most, sum } = scaleOf(logits);
  return tokens.map((token) => Math.exp((logits[token] ?? Number.NEGATIVE_INFINITY) - most) / sum);
}

/** `z - log(sum exp(z))` in float64. */
export function logSoftmax(logits: Float32Array): Float64Array {
  const { most, sum } = scaleOf(logits);
  const shift = most + Math.log(sum);
  return Float64Array.from(logits, (logit) => logit - shift);
}

/** The largest logit, and `sum exp(z - most)`. @throws {CaaError} invalid-data where logits are no numbers */
function scaleOf(logits: Float32Array): { readonly most: number; readonly sum: number } {
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) {
    most = Math.max(most, logit); // NaN stays NaN
  }
  let sum = 0;
  for (const logit of logits) {
    sum += Math.exp(logit - most);
  }
  if (!Number.isFinite(sum)) {
    throw new CaaError(
      "invalid-data",
      "softmax: the model's logits are not numbers; is the steering too strong?",
    );
  }
  return { most, sum };
}
