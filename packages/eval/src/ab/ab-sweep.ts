import {
  type ChoiceSweepOptions,
  type ChoiceSweepResult,
  runChoiceSweep,
} from "../choice/choice-sweep.ts";

export type AbSweepOptions = Omit<ChoiceSweepOptions, "type">;

export type AbSweepResult = ChoiceSweepResult;

/** The A/B experiment: `runChoiceSweep` on a behavior's own items. @throws {CaaError} as `runChoiceSweep` */
export function runAbSweep(options: AbSweepOptions): Promise<AbSweepResult> {
  return runChoiceSweep({ ...options, type: "ab" });
}
