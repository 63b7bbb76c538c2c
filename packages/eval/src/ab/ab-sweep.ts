import type { AbItem, DataSet } from "@caa/datasets";
import { runChoiceSweep, type ChoiceSweepResult } from "../choice/choice-sweep.ts";
import type { SweepOptions } from "../sweep/sweep-options.ts";

export interface AbSweepOptions extends SweepOptions {
  readonly dataset: DataSet<AbItem>;
}

export type AbSweepResult = ChoiceSweepResult<"ab">;

/** The A/B experiment: `runChoiceSweep` on a behavior's own items. @throws {CaaError} as `runChoiceSweep` */
export function runAbSweep(options: AbSweepOptions): Promise<AbSweepResult> {
  return runChoiceSweep({ ...options, type: "ab" });
}
