import { CaaError } from "@caa/core";

/** `exp(z_t) / sum exp(z)` over the whole vocabulary, in float64, for the tokens asked for; each in [0, 1]. */
export function tokenProbabilities(
  logits: Float32Array,
  tokens: readonly number[],
): readonly number[] {
  let most = Number.NEGATIVE_INFINITY;
  for (const logit of logits) {
    if (Number.isNaN(logit)) {
      throw new CaaError(
        "invalid-data",
        "softmax: the model's logits are not numbers; is the steering too strong?",
      );
    }
    most = Math.max(most, logit);
  }
  let sum = 0;
  for (const logit of logits) {
    sum += Math.exp(logit - most);
  }
  return tokens.map((token) => Math.exp((logits[token] ?? Number.NEGATIVE_INFINITY) - most) / sum);
}
