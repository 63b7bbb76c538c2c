import { join } from "node:path";
import { ResultStore } from "../results/store.ts";
import type { SweepOptions } from "../sweep/sweep-options.ts";
import type { TunePlan, TuneStage } from "./tune-options.ts";

/**
 * What every sweep of a tuning takes. Cells of different items are kept in folders of their own, since the names of their files do
 * not tell them apart: another seed draws others.
 */
export function sweepOf<Items extends { readonly hash: string }>(
  { model, dir, positions, seed, overwrite, signal, onProgress }: TunePlan,
  dataset: Items,
  stage: TuneStage,
): Omit<SweepOptions, "vectors" | "layers" | "multipliers"> & { readonly dataset: Items } {
  return {
    model,
    dataset,
    store: new ResultStore(join(dir, `items-${dataset.hash.slice(0, 12)}`)),
    positions,
    seed,
    overwrite,
    signal,
    onProgress: ({ done, total }) => onProgress?.({ stage, done, total }),
  };
}
