import { CaaError, type SteeredSpan, type Steering, steeredSpan } from "@caa/core";
import type { TokenStep } from "../engine/jobs.ts";
import { checkVector, type VectorSizes } from "./check-vector.ts";

/** Turns steering by name into steps on token positions, and keeps each vector once. */
export class SteeringCompiler {
  readonly vectors: Float32Array[] = [];
  readonly #config: VectorSizes;
  readonly #indices = new Map<Float32Array, number>();

  constructor(config: VectorSizes) {
    this.#config = config;
  }

  /**
   * The steps for a sequence whose instruction ends at token `markerIndex` and that may grow to `length` tokens.
   * @throws {CaaError} `empty-selection` for a step that would steer no token
   */
  compile(steering: Steering, markerIndex: number, length: number): readonly TokenStep[] {
    return steering.map((step) => {
      const where = `steering "${step.name}" at layer ${step.layer}`;
      checkVector(where, step, this.#config);
      if (!Number.isFinite(step.multiplier) || !step.vector.every(Number.isFinite)) {
        throw new CaaError(
          "invalid-argument",
          `${where}: the multiplier and every value must be finite`,
        );
      }
      // The prompt ends with its marker; what comes after is generated or forced.
      const layout = { markerIndex, promptLength: markerIndex + 1, sequenceLength: length };
      const range = steeredSpan(step.positions, layout);
      if (range === null) {
        throw new CaaError(
          "empty-selection",
          `${where}: none of ${length} tokens would be steered`,
          { facts: { length } },
        );
      }
      return {
        layer: step.layer,
        vector: this.#index(step.vector),
        multiplier: step.multiplier,
        operation: step.operation,
        from: range.first,
        to: range.last,
      };
    });
  }

  #index(vector: Float32Array): number {
    const known = this.#indices.get(vector);
    if (known !== undefined) {
      return known;
    }
    this.vectors.push(vector);
    this.#indices.set(vector, this.vectors.length - 1);
    return this.vectors.length - 1;
  }
}

/** From the first to the last position below `length` that any step steers; there may be gaps between several steps. */
export function spanOfSteps(steps: readonly TokenStep[], length: number): SteeredSpan | null {
  if (steps.length === 0) {
    return null;
  }
  const ranges = steps
    .map(({ from, to }) => ({ from, to: Math.min(length - 1, to) }))
    .filter(({ from, to }) => from <= to);
  if (ranges.length === 0) {
    return { first: length, count: 0 };
  }
  const first = Math.min(...ranges.map(({ from }) => from));
  return { first, count: Math.max(...ranges.map(({ to }) => to)) - first + 1 };
}
