import { CaaError } from "@caa/core";
import type { Optimizer, OptimizerState, Tensors } from "./optimizer.ts";
import { copied, pairs, remembered } from "./tensors.ts";

export interface SgdOptions {
  /** In [0, 1). @default 0 */
  readonly momentum?: number | undefined;
  /** Added to the gradient as `weightDecay p` (L2). @default 0 */
  readonly weightDecay?: number | undefined;
}

/**
 * Stochastic gradient descent: `g += weightDecay p; v = momentum v + g; p -= learningRate v`.
 *
 * @throws {CaaError} `invalid-argument` for options outside their ranges
 * @see Sutskever et al. 2013, "On the importance of initialization and momentum in deep learning"; the form is PyTorch's,
 * in which the learning rate stands outside the momentum
 */
export function sgd({ momentum = 0, weightDecay = 0 }: SgdOptions = {}): Optimizer {
  if (!(momentum >= 0 && momentum < 1) || !(weightDecay >= 0)) {
    throw new CaaError(
      "invalid-argument",
      `sgd: expected momentum in [0, 1) and weight decay from 0, got ${momentum} and ${weightDecay}`,
    );
  }
  return new Sgd(momentum, weightDecay);
}

class Sgd implements Optimizer {
  readonly #momentum: number;
  readonly #weightDecay: number;
  #velocity = new Map<string, Float32Array>();
  #steps = 0;

  constructor(momentum: number, weightDecay: number) {
    this.#momentum = momentum;
    this.#weightDecay = weightDecay;
  }

  step(parameters: Tensors, gradients: Tensors, learningRate: number, scale: number): void {
    for (const [name, p, g] of pairs(parameters, gradients)) {
      if (this.#momentum === 0) {
        const keep = 1 - learningRate * this.#weightDecay;
        const by = learningRate * scale;
        for (let i = 0; i < p.length; i++) {
          p[i] = (p[i] ?? 0) * keep - by * (g[i] ?? 0);
        }
        continue;
      }
      const v = remembered(this.#velocity, `velocity.${name}`, p.length);
      for (let i = 0; i < p.length; i++) {
        const value = p[i] ?? 0;
        const next = this.#momentum * (v[i] ?? 0) + scale * (g[i] ?? 0) + this.#weightDecay * value;
        v[i] = next;
        p[i] = value - learningRate * next;
      }
    }
    this.#steps++;
  }

  state(): OptimizerState {
    return { steps: this.#steps, tensors: this.#velocity };
  }

  restore(state: OptimizerState): void {
    this.#steps = state.steps;
    this.#velocity = copied(state);
  }
}
