import { unsupportedGguf } from "@caa/core/gguf";
import type { RopeScaling } from "../config/llama-config.ts";

/** The numbers of every published Llama 3.1, 3.2 and 3.3; only the factor differs between them. */
const LOW_FREQUENCY = 1;
const HIGH_FREQUENCY = 4;
const TRAINED_CONTEXT = 8192;
/** The stored factors are float32, of a formula with a division by a difference. */
const TOLERANCE = 1e-4;

/**
 * The `llama3` scaling whose divisors of the rotary frequencies are stored as the tensor `rope_freqs.weight`
 * `[head_dim / 2]`; GGUF keeps these instead of the numbers they come from.
 *
 * @throws {CaaError} `unsupported` for divisors of another kind: they are not approximated
 */
export function llama3Scaling(divisors: Float32Array, ropeTheta: number): RopeScaling | null {
  const factor = Math.round(divisors.reduce((most, value) => Math.max(most, value), 0) * 1e4) / 1e4;
  if (factor === 1 && divisors.every((value) => value === 1)) {
    return null;
  }
  const fits = divisors.every((value, index) => {
    const expected = divisor((index * 2) / (divisors.length * 2), ropeTheta, factor);
    return Math.abs(value - expected) <= TOLERANCE * expected;
  });
  if (!fits) {
    throw unsupportedGguf(
      `rope_freqs.weight holds rotary factors up to ${factor} that are not those of llama3 scaling (low 1, high 4, 8192)`,
    );
  }
  return {
    type: "llama3",
    factor,
    low_freq_factor: LOW_FREQUENCY,
    high_freq_factor: HIGH_FREQUENCY,
    original_max_position_embeddings: TRAINED_CONTEXT,
  };
}

/** 1 for short waves, `factor` for long ones, between them `1 / ((1 - s) / factor + s)`. */
function divisor(exponent: number, ropeTheta: number, factor: number): number {
  const turns = TRAINED_CONTEXT / (2 * Math.PI * ropeTheta ** exponent); // of this frequency, over the trained context
  if (turns > HIGH_FREQUENCY) {
    return 1;
  }
  if (turns < LOW_FREQUENCY) {
    return factor;
  }
  const s = (turns - LOW_FREQUENCY) / (HIGH_FREQUENCY - LOW_FREQUENCY);
  return 1 / ((1 - s) / factor + s);
}
