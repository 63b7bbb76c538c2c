import { CaaError } from "@caa/core";
import type { Optimizer, OptimizerState, Tensors } from "./optimizer.ts";
import { copied, pairs, remembered } from "./tensors.ts";

export interface AdamWOptions {
  /** Decay of the mean of gradients, in [0, 1). @default 0.9 */
  readonly beta1?: number | undefined;
  /** Decay of the mean of squared gradients, in [0, 1). @default 0.999 */
  readonly beta2?: number | undefined;
  /** @default 1e-8 */
  readonly epsilon?: number | undefined;
  /** Apart from the gradient: `p -= learningRate weightDecay p`. @default 0.01 */
  readonly weightDecay?: number | undefined;
}

/**
 * Adam with decoupled weight decay, at step t from 1 on:
 *
 *     p -= learningRate weightDecay p
 *     m = beta1 m + (1 - beta1) g,  v = beta2 v + (1 - beta2) g²
 *     p -= learningRate (m / (1 - beta1^t)) / (sqrt(v / (1 - beta2^t)) + epsilon)
 *
 * @throws {CaaError} `invalid-argument` for options outside their ranges
 * @see Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization", algorithm 2; the defaults are PyTorch's
 */
export function adamW(options: AdamWOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0.01 } = options;
  const decay = (beta: number): boolean => beta >= 0 && beta < 1;
  if (!decay(beta1) || !decay(beta2) || !(epsilon > 0) || !(weightDecay >= 0)) {
    throw new CaaError(
      "invalid-argument",
      `adamW: expected betas in [0, 1), epsilon above 0 and weight decay from 0, got ${beta1}, ${beta2}, ${epsilon}, ${weightDecay}`,
    );
  }
  return new AdamW({ beta1, beta2, epsilon, weightDecay });
}

interface Settings {
  readonly beta1: number;
  readonly beta2: number;
  readonly epsilon: number;
  readonly weightDecay: number;
}

class AdamW implements Optimizer {
  readonly #settings: Settings;
  #moments = new Map<string, Float32Array>();
  #steps = 0;

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  step(parameters: Tensors, gradients: Tensors, learningRate: number, scale: number): void {
    const { beta1, beta2, epsilon, weightDecay } = this.#settings;
    const t = this.#steps + 1;
    const keep = 1 - learningRate * weightDecay;
    const by = learningRate / (1 - beta1 ** t);
    const correction = Math.sqrt(1 - beta2 ** t);
    for (const [name, p, gradient] of pairs(parameters, gradients)) {
      const m = remembered(this.#moments, `mean.${name}`, p.length);
      const v = remembered(this.#moments, `square.${name}`, p.length);
      for (let i = 0; i < p.length; i++) {
        const g = scale * (gradient[i] ?? 0);
        const mean = beta1 * (m[i] ?? 0) + (1 - beta1) * g;
        const square = beta2 * (v[i] ?? 0) + (1 - beta2) * g * g;
        m[i] = mean;
        v[i] = square;
        p[i] = (p[i] ?? 0) * keep - (by * mean) / (Math.sqrt(square) / correction + epsilon);
      }
    }
    this.#steps = t;
  }

  state(): OptimizerState {
    return { steps: this.#steps, tensors: this.#moments };
  }

  restore(state: OptimizerState): void {
    this.#steps = state.steps;
    this.#moments = copied(state);
  }
}
