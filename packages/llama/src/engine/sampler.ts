import { CaaError } from "@caa/core";

export interface SamplerOptions {
  /** 0 is greedy. */
  readonly temperature: number;
  /** 0 is off. */
  readonly topK: number;
  /** In (0, 1]. */
  readonly topP: number;
}

/** The first index of the largest logit. */
export function argmax(logits: Float32Array): number {
  let best = 0;
  for (let i = 1; i < logits.length; i++) {
    if ((logits[i] ?? 0) > (logits[best] ?? 0)) {
      best = i;
    }
  }
  if (Number.isNaN(logits[best])) {
    throw new CaaError(
      "invalid-data",
      "sampling: the model's logits are not numbers; is the steering too strong?",
    );
  }
  return best;
}

/**
 * Draws a token: logits over the temperature, the `topK` largest of them, of those the fewest whose probabilities reach
 * `topP`, then one by its probability with `uniform()` in [0, 1).
 */
export function sample(
  logits: Float32Array,
  options: SamplerOptions,
  uniform: () => number,
): number {
  const best = argmax(logits);
  if (options.temperature === 0) {
    return best;
  }
  const most = logits[best] ?? 0;
  const order = Array.from(logits.keys()).sort(
    (a, b) => (logits[b] ?? 0) - (logits[a] ?? 0) || a - b,
  );
  const kept = options.topK > 0 ? order.slice(0, options.topK) : order;
  const weights = kept.map((token) =>
    Math.exp(((logits[token] ?? 0) - most) / options.temperature),
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let count = 0;
  let mass = 0;
  while (count < weights.length && mass < options.topP * total) {
    mass += weights[count] ?? 0;
    count++;
  }
  let left = uniform() * mass;
  for (let i = 0; i < count; i++) {
    left -= weights[i] ?? 0;
    if (left < 0) {
      return kept[i] ?? best;
    }
  }
  return kept[Math.max(0, count - 1)] ?? best;
}
