/** Float32 tensors by name. */
export type Tensors = ReadonlyMap<string, Float32Array>;

/** Changes parameters in place by their gradients. Sums are in float64, what is kept is float32. */
export interface Optimizer {
  /**
   * One step.
   * @param scale what every gradient is multiplied by first: clipping
   * @throws {CaaError} `shape-mismatch` when a gradient is missing or of another length
   */
  step(parameters: Tensors, gradients: Tensors, learningRate: number, scale: number): void;
  /** What it remembers from step to step, for checkpoints. */
  state(): OptimizerState;
  /** Goes on from a state. */
  restore(state: OptimizerState): void;
}

export interface OptimizerState {
  /** Steps done. */
  readonly steps: number;
  /** `<what>.<parameter>` */
  readonly tensors: Tensors;
}
