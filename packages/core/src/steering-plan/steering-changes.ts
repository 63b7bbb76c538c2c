import type { SteeringOperation } from "../model/steering.ts";
import { norm } from "../vectors/vectors.ts";
import { type AppliedStep, applySteering } from "./apply-steering.ts";

/** How much one step changes the residual stream at one layer and position. */
export interface SteeringChange {
  /** `||h' - h||` */
  readonly changeNorm: number;
  /** `||h' - h|| / ||h||`, null where h is zero. */
  readonly relativeChange: number | null;
}

const order: Readonly<Record<SteeringOperation, number>> = { ablate: 0, clamp: 1, add: 2 };

/**
 * What each of the steps that meet at one layer and position changes, in float64: h' what `applySteering` makes of h with
 * this step alone, and h what it makes of the stream with the steps of the classes before, since every step of a class
 * starts from the same.
 * @param h (d_model), before all of the steps
 * @returns one a step, in their order
 * @throws {CaaError} as `applySteering`
 * @example steeringChanges(Float64Array.of(3, 4), [{ vector: Float32Array.of(0, 1), multiplier: 2, operation: "add" }]) // 2, 0.4
 */
export function steeringChanges(
  h: Float32Array | Float64Array,
  steps: readonly AppliedStep[],
): readonly SteeringChange[] {
  return steps.map((step) => {
    const earlier = steps.filter(({ operation }) => order[operation] < order[step.operation]);
    const before = applySteering(h, earlier);
    const after = applySteering(before, [step]);
    const changeNorm = norm(after.map((x, i) => x - (before[i] ?? 0)));
    const length = norm(before);
    return { changeNorm, relativeChange: length === 0 ? null : changeNorm / length };
  });
}
