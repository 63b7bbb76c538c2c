import type { LlamaConfig } from "../config/llama-config.ts";

/**
 * Rotary angles: row p holds `cos(p f_i)` and `sin(p f_i)` for the head_dim / 2 frequencies f_i. Frequencies, angles and
 * results are rounded to float32 at each step, as checkpoints were trained with.
 */
export class RopeTable {
  readonly #frequencies: Float32Array;
  #cos: Float32Array = new Float32Array(0);
  #sin: Float32Array = new Float32Array(0);
  #rows = 0;

  constructor(config: LlamaConfig) {
    this.#frequencies = ropeFrequencies(config);
  }

  /** The first `rows` positions, each table (rows, head_dim / 2). */
  upTo(rows: number): {
    readonly cos: Float32Array;
    readonly sin: Float32Array;
    readonly shape: readonly number[];
  } {
    const half = this.#frequencies.length;
    if (rows > this.#rows) {
      this.#rows = Math.max(rows, 2 * this.#rows, 256);
      this.#cos = new Float32Array(this.#rows * half);
      this.#sin = new Float32Array(this.#rows * half);
      for (let position = 0; position < this.#rows; position++) {
        this.#frequencies.forEach((frequency, i) => {
          const angle = Math.fround(position * frequency);
          this.#cos[position * half + i] = Math.cos(angle);
          this.#sin[position * half + i] = Math.sin(angle);
        });
      }
    }
    return {
      cos: this.#cos.subarray(0, rows * half),
      sin: this.#sin.subarray(0, rows * half),
      shape: [rows, half],
    };
  }
}

/**
 * `theta^(-2 i / head_dim)`, scaled as the configuration says: `linear` divides all by `factor`; `llama3` keeps short
 * wavelengths, divides long ones by `factor`, and interpolates between (Llama 3.1 model card).
 */
export function ropeFrequencies(config: LlamaConfig): Float32Array {
  const { head_dim, rope_theta, rope_scaling: scaling } = config;
  return Float32Array.from({ length: head_dim / 2 }, (_, i) => {
    const frequency = Math.fround(1 / Math.fround(rope_theta ** Math.fround((2 * i) / head_dim)));
    if (scaling === null) {
      return frequency;
    }
    if (scaling.type === "linear") {
      return frequency / scaling.factor;
    }
    const {
      factor,
      low_freq_factor: low,
      high_freq_factor: high,
      original_max_position_embeddings: length,
    } = scaling;
    const turns = (length * frequency) / (2 * Math.PI); // wavelengths in the original context
    if (turns < low) {
      return frequency / factor;
    }
    if (turns > high) {
      return frequency;
    }
    const smooth = (turns - low) / (high - low);
    return ((1 - smooth) * frequency) / factor + smooth * frequency;
  });
}
