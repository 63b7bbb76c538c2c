import { CaaError } from "../errors/caa-error.ts";
import type { SteeringStep } from "../model/steering.ts";

/** What of a step matters once its layer and position are chosen. */
export type AppliedStep = Pick<SteeringStep, "vector" | "multiplier" | "operation">;

/**
 * The residual stream at one layer and position after all the steps that meet there: what steering means, in its slow
 * and obvious form, float64. With unit `v̂ = v / |v|`, in this order, every step of a class from the same `h`:
 * - ablate `h -= m (h·v̂) v̂`
 * - clamp `h += (m |v| - h·v̂) v̂`
 * - add `h += m v`
 * @param h (d_model), left as it is
 * @returns (d_model), new
 * @throws {CaaError} `shape-mismatch` for a vector of another size, `invalid-argument` where ablate or clamp meet a
 * vector of zeros, which has no direction
 * @example applySteering(Float64Array.of(1, 2), [{ vector: Float32Array.of(2, 0), multiplier: 3, operation: "clamp" }]) // 6, 2
 */
export function applySteering(
  h: Float32Array | Float64Array,
  steps: readonly AppliedStep[],
): Float64Array {
  let result = Float64Array.from(h);
  for (const operation of ["ablate", "clamp", "add"] as const) {
    const before = result;
    result = Float64Array.from(before);
    for (const step of steps.filter((candidate) => candidate.operation === operation)) {
      const change = changeOf(before, step);
      result = result.map((x, i) => x + (change[i] ?? 0));
    }
  }
  return result;
}

/** (d_model): what one step adds to `h`. */
function changeOf(h: Float64Array, { vector, multiplier, operation }: AppliedStep): Float64Array {
  if (vector.length !== h.length) {
    throw new CaaError(
      "shape-mismatch",
      `applySteering: expected a vector of ${h.length} values, got ${vector.length}`,
      {
        facts: { expected: h.length, got: vector.length },
      },
    );
  }
  const v = Float64Array.from(vector);
  if (operation === "add") {
    return v.map((x) => multiplier * x);
  }
  const norm = Math.sqrt(v.reduce((sum, x) => sum + x * x, 0)); // |v|
  if (norm === 0) {
    throw new CaaError(
      "invalid-argument",
      `applySteering: ${operation} needs a direction, got a vector of zeros`,
    );
  }
  const unit = v.map((x) => x / norm);
  const projection = unit.reduce((sum, x, i) => sum + x * (h[i] ?? 0), 0); // h·v̂
  const along = operation === "ablate" ? -multiplier * projection : multiplier * norm - projection;
  return unit.map((x) => along * x);
}
