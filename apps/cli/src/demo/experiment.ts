import type { SteerableModel, SteeringVectors } from "@caa/core";
import type { AbItem, DataSet } from "@caa/datasets";
import type { AbCell, ControlRun, Effect, ResultStore } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import { startProgress } from "../output/progress.ts";
import { ANSWERED, CURVE_ONLY, SPAN } from "./plan.ts";

/** One behavior: its vector at every layer, and random directions in its place. */
export interface BehaviorSweep {
  readonly set: DataSet<AbItem>;
  readonly vectors: SteeringVectors;
  /** All layers at -1, 0 and +1. */
  readonly cells: readonly AbCell[];
  readonly controls: readonly ControlRun[];
  /** By layer. */
  readonly effects: readonly Effect[];
  /** Of each control, by layer. */
  readonly controlEffects: ReadonlyArray<{
    readonly name: string;
    readonly effects: readonly Effect[];
  }>;
}

export interface SweepOptions {
  readonly model: SteerableModel;
  readonly set: DataSet<AbItem>;
  readonly vectors: SteeringVectors;
  readonly store: ResultStore;
  readonly items: number | undefined;
  readonly seeds: readonly number[];
}

/** Measures a behavior at every layer, and as many random directions of the same norm as there are seeds. */
export async function sweepBehavior(
  options: SweepOptions,
  dependencies: CliDependencies,
): Promise<BehaviorSweep> {
  const { effectsByLayer, randomControl, runAbSweep, runControls } = await import("@caa/eval");
  const { model, set, vectors, store, items, seeds } = options;
  const common = {
    model,
    dataset: set,
    layers: vectors.layers,
    store,
    limit: items,
    // Always made again: the demo may have run on another model or with other vectors.
    overwrite: true,
    signal: dependencies.signal,
  };
  const { cells } = await withProgress(set.behavior, dependencies, (onProgress) =>
    runAbSweep({ ...common, vectors, multipliers: [...ANSWERED], onProgress }),
  );
  const controls = await withProgress(
    `${set.behavior}, random directions`,
    dependencies,
    (onProgress) =>
      runControls({
        ...common,
        controls: seeds.map((seed) => randomControl(vectors, seed)),
        multipliers: [SPAN.from, SPAN.to],
        onProgress,
      }),
  );
  return {
    set,
    vectors,
    cells,
    controls,
    effects: effectsByLayer(cells, SPAN),
    controlEffects: controls.map((run) => ({
      name: run.name,
      effects: effectsByLayer(run.cells, SPAN),
    })),
  };
}

/** The cells of one layer against the multiplier: those of the sweep and some between and beyond. */
export async function measureCurve(
  { set, vectors, cells }: BehaviorSweep,
  layer: number,
  { model, store, items }: Pick<SweepOptions, "model" | "store" | "items">,
  dependencies: CliDependencies,
): Promise<readonly AbCell[]> {
  const { runAbSweep } = await import("@caa/eval");
  const { cells: more } = await withProgress(set.behavior, dependencies, (onProgress) =>
    runAbSweep({
      model,
      dataset: set,
      vectors,
      layers: [layer],
      multipliers: [...CURVE_ONLY],
      store,
      limit: items,
      overwrite: true,
      signal: dependencies.signal,
      onProgress,
    }),
  );
  return [...cells.filter(({ settings }) => settings.layer === layer), ...more].sort(
    (a, b) => a.settings.multiplier - b.settings.multiplier,
  );
}

async function withProgress<Result>(
  label: string,
  dependencies: CliDependencies,
  job: (
    onProgress: (event: { readonly done: number; readonly total: number }) => void,
  ) => Promise<Result>,
): Promise<Result> {
  const progress = startProgress(dependencies, label, "rows");
  try {
    return await job(({ done, total }) => progress.update(done, total));
  } finally {
    progress.end();
  }
}
