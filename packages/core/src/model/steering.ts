/** How a step changes the residual stream `h`; see `applySteering` for the formulas and their order. */
export type SteeringOperation = "add" | "ablate" | "clamp";

/**
 * Which token positions of a sequence are steered, prompt and generated tokens alike:
 * - `marker`: from the last token of the instruction marker on, that token included (the reference's rule)
 * - `after-marker`: strictly after that token
 * - `all`: every position
 * - `generated`: only tokens after the prompt, generated or forced
 * - `{ from, to }`: token indices from..to of the sequence, both included, 0-based
 */
export type SteeringPositions =
  | "marker"
  | "after-marker"
  | "all"
  | "generated"
  | { readonly from: number; readonly to: number };

/** One vector at one layer. `layer` n is the residual stream after decoder block n, 0-based, before the final norm. */
export interface SteeringStep {
  /** Where the vector comes from, for messages and results, such as `sycophancy`. */
  readonly name: string;
  readonly layer: number;
  /** (d_model) */
  readonly vector: Float32Array;
  readonly multiplier: number;
  readonly operation: SteeringOperation;
  readonly positions: SteeringPositions;
}

/** Everything that is applied at once; the empty list is the plain model. */
export type Steering = readonly SteeringStep[];
