import type { CallOptions } from "./steerable-model.ts";
import type { Steering } from "./steering.ts";

/** A direction to watch: the residual stream after block `layer`, steering included, is projected on it at every token. */
export interface Probe {
  /** Such as `sycophancy`. */
  readonly name: string;
  readonly layer: number;
  /** (d_model), not zero */
  readonly vector: Float32Array;
}

/** The residual stream h at one token against one probe v. */
export interface ProbeScore {
  /** `h . v`, summed in float64 */
  readonly dot: number;
  /** `h . v / (||h|| ||v||)`, in [-1, 1]; 0 where h is zero */
  readonly cosine: number;
}

/** A token that the model has read. */
export interface ProbedToken {
  /** Index in the sequence of prompt and answer. */
  readonly position: number;
  readonly id: number;
  readonly text: string;
  /** Whether it belongs to the prompt, the model's own format included. */
  readonly isPrompt: boolean;
  /** Whether a step of the steering acts on it. */
  readonly isSteered: boolean;
  /** One a probe, in their order. */
  readonly scores: readonly ProbeScore[];
}

export interface TraceOptions extends CallOptions {
  /** @default the plain model */
  readonly steering?: Steering;
}
