import { join } from "node:path";
import { ResultStore } from "../results/store.ts";
import type { SweepOptions } from "../sweep/sweep-options.ts";
import type { TunePlan, TuneStage } from "./tune-options.ts";

/** What every sweep of a tuning takes; cells of different items are kept in folders of their own. */
export function sweepOf(
  { model, dir, positions, seed, overwrite, signal, onProgress }: TunePlan,
  folder: string,
  stage: TuneStage,
): Omit<SweepOptions, "vectors" | "layers" | "multipliers"> {
  return {
    model,
    store: new ResultStore(join(dir, folder)),
    positions,
    seed,
    overwrite,
    signal,
    onProgress: ({ done, total }) => onProgress?.({ stage, done, total }),
  };
}
