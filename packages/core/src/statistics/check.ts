import { CaaError } from "../errors/caa-error.ts";

/** Lower and upper end. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

export interface IntervalOptions {
  /** How often such intervals hold the true value, in (0, 1). @default 0.95 */
  readonly confidence?: number;
}

/** Throws unless there are values and all are finite. @throws {CaaError} empty-selection, invalid-argument */
export function checkValues(what: string, values: readonly number[]): void {
  if (values.length === 0) {
    throw new CaaError("empty-selection", `${what}: expected at least one value, got none`);
  }
  const index = values.findIndex((value) => !Number.isFinite(value));
  if (index !== -1) {
    throw new CaaError(
      "invalid-argument",
      `${what}: expected finite values, got ${values[index]} at index ${index}`,
      {
        facts: { index },
      },
    );
  }
}

/** The confidence, given back when it is one. The limit keeps the tails within what the t quantile takes. */
export function checkConfidence(what: string, confidence: number): number {
  if (!(confidence > 0 && confidence <= 1 - 1e-9)) {
    throw new CaaError(
      "invalid-argument",
      `${what}: expected a confidence in (0, 1), got ${confidence}`,
    );
  }
  return confidence;
}

/** Arithmetic mean; a second pass takes the rounding of the first away. */
export function average(values: readonly number[]): number {
  const first = values.reduce((sum, value) => sum + value, 0) / values.length;
  return first + values.reduce((sum, value) => sum + (value - first), 0) / values.length;
}
