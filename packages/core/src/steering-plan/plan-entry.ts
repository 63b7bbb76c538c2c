import type { SteeringOperation, SteeringPositions } from "../model/steering.ts";

/** One entry of a steering plan: one behavior's vectors at some layers with one multiplier. */
export interface PlanEntry {
  /** Of the behavior, such as `sycophancy`; any text without blanks, control characters and colons. */
  readonly name: string;
  /** Ascending, each once. */
  readonly layers: readonly number[];
  /** Any finite number. */
  readonly multiplier: number;
  readonly operation: SteeringOperation;
  readonly positions: SteeringPositions;
}

/** What an entry says when its last two parts are left out. */
export const PLAN_DEFAULTS = { operation: "add", positions: "marker" } as const;
