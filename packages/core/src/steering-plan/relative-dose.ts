import type { SteeringStep } from "../model/steering.ts";
import { norm } from "../vectors/vectors.ts";

/**
 * How strong a step is beside what it changes, at the positions that it steers: `mean over positions of ||m v|| / ||h||`,
 * h the residual stream at the step's layer before the step. 0.1 moves the stream by a tenth of its length; unlike the
 * multiplier it can be compared between layers, behaviors and models.
 * @param norms `||h||` at each of those positions
 * @returns null for a step that does not add, without positions, and where some h is zero
 * @example relativeDose({ vector: Float32Array.of(3, 4), multiplier: -2, operation: "add" }, [10, 20]) // (1 + 0.5) / 2
 */
export function relativeDose(
  { vector, multiplier, operation }: Pick<SteeringStep, "vector" | "multiplier" | "operation">,
  norms: readonly number[],
): number | null {
  if (operation !== "add" || norms.length === 0 || norms.includes(0)) {
    return null;
  }
  const added = Math.abs(multiplier) * norm(vector);
  return norms.reduce((sum, h) => sum + added / h, 0) / norms.length;
}
