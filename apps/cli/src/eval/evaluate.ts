import { relative, resolve } from "node:path";
import type { SteerableModel } from "@caa/core";
import type {
  CellType,
  ChoiceCell,
  ChoiceType,
  ControlRun,
  OpenEndedCell,
  ResultStore,
  SweepOptions,
  SweepProgress,
} from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import { type LoadedVectors, loadVectorsFor } from "../load-vectors.ts";
import {
  checkLayers,
  type ModelOptions,
  modelIdOf,
  openRequestedModel,
  requireModelName,
} from "../options/model.ts";
import { startProgress } from "../output/progress.ts";
import { withResumeHint } from "../output/resume-hint.ts";
import { checkOrigin, originOf, type OverrideOptions, promptsOf } from "../weights-origin.ts";
import { announce } from "./announce.ts";
import { controlsOf } from "./controls.ts";
import { type EvalItems, readItems, withVectors } from "./items.ts";
import { checkPrompts, promptOf } from "./system-prompt.ts";

export interface EvalOptions extends ModelOptions, OverrideOptions {
  readonly type: CellType;
  readonly data?: string;
  readonly vectors: string;
  readonly behaviors?: readonly string[];
  readonly layers?: readonly number[];
  readonly multipliers: readonly number[];
  readonly positions: "marker" | "after-marker" | "all";
  readonly system?: string;
  readonly systemPrompt?: "pos" | "neg";
  readonly raw?: boolean;
  readonly overrideVector?: number;
  readonly overrideVectorModel?: string;
  /** How many random directions; false for no controls at all. */
  readonly controls: number | false;
  readonly maxNewTokens: number;
  readonly limit?: number;
  readonly out: string;
  readonly overwrite?: boolean;
}

/** One behavior that will be tested. */
export interface EvalJob {
  readonly items: EvalItems;
  readonly loaded: LoadedVectors;
  readonly sweep: SweepOptions;
}

interface CommonRun {
  readonly behavior: string;
  readonly vectors: LoadedVectors;
  /** How many cells were there before. */
  readonly kept: number;
  /** Files of the cells, in their order, relative to the working folder. */
  readonly files: readonly string[];
}

export interface ChoiceRun extends CommonRun {
  readonly type: ChoiceType;
  readonly cells: readonly ChoiceCell[];
  readonly controls: readonly ControlRun[];
}

export interface OpenEndedRun extends CommonRun {
  readonly type: "open_ended";
  readonly cells: readonly OpenEndedCell[];
}

export type EvalRun = ChoiceRun | OpenEndedRun;

/** Runs one test for every behavior. @throws {CaaError} as `runChoiceSweep`, `loadVectorsFor` and `readItems` */
export async function evaluate(
  options: EvalOptions,
  dependencies: CliDependencies,
): Promise<readonly EvalRun[]> {
  const { cwd } = dependencies;
  const name = requireModelName(options.model, dependencies);
  checkPrompts(options);
  const items = await readItems(options.type, options, dependencies);
  const { ResultStore } = await import("@caa/eval");
  const store = new ResultStore(resolve(cwd, options.out));
  const { overrideWeights } = options;
  const origin = await originOf(options, dependencies);
  await using model = await openRequestedModel(
    overrideWeights ?? name,
    { ...promptsOf(origin, options, dependencies), ...options },
    dependencies,
  );
  checkLayers(options.layers, model);
  const baseModel = overrideWeights === undefined ? undefined : await modelIdOf(name, cwd);
  const { overrideVectorModel } = options;
  const vectorModel =
    overrideVectorModel === undefined ? baseModel : await modelIdOf(overrideVectorModel, cwd);
  const owner = { id: vectorModel ?? model.info.id, dtype: model.info.dtype };
  const jobs: EvalJob[] = [];
  for (const next of await withVectors(items, options, owner, dependencies)) {
    const setting = { model, baseModel, vectorModel, store };
    const job = await planJob(next, options, setting, dependencies);
    if (overrideVectorModel === undefined) {
      checkOrigin(origin, job.loaded, options, model);
    }
    jobs.push(job);
  }
  await announce(jobs, options, dependencies);
  const runs: EvalRun[] = [];
  return await withResumeHint(
    dependencies,
    () =>
      `${runs.length} of ${jobs.length} behaviors are done; finished cells and rows are kept in ${options.out}.`,
    async () => {
      for (const job of jobs) {
        runs.push(await runJob(job, options, dependencies));
      }
      return runs;
    },
    options.overwrite,
  );
}

interface Setting {
  readonly model: SteerableModel;
  /** Id of the model that it is a fine-tuned form of. */
  readonly baseModel: string | undefined;
  /** Id of the model whose vectors steer it, where that is not its own. */
  readonly vectorModel: string | undefined;
  readonly store: ResultStore;
}

async function planJob(
  items: EvalItems,
  options: EvalOptions,
  { model, baseModel, vectorModel, store }: Setting,
  dependencies: CliDependencies,
): Promise<EvalJob> {
  const { vectorAtEveryLayer } = await import("@caa/eval");
  const { cwd, signal } = dependencies;
  const { behavior } = items.set;
  const { raw = false, overrideVector, overrideVectorModel } = options;
  const loaded = await loadVectorsFor(behavior, {
    dir: options.vectors,
    cwd,
    raw,
    model: model.info,
    baseModel: vectorModel,
  });
  const layers =
    options.layers ??
    (overrideVector === undefined ? loaded.vectors.layers : checkLayers(undefined, model));
  const vectors =
    overrideVector === undefined
      ? loaded.vectors
      : vectorAtEveryLayer(loaded.vectors, overrideVector, layers);
  const sweep: SweepOptions = {
    model,
    baseModel,
    vectors,
    vectorsKind: loaded.kind,
    overrideVector,
    otherVectorModel: overrideVectorModel !== undefined,
    layers,
    multipliers: options.multipliers,
    store,
    limit: options.limit,
    system: await promptOf(behavior, options, dependencies),
    systemPrompt: options.systemPrompt,
    positions: options.positions,
    overwrite: options.overwrite,
    signal,
  };
  return { items, loaded, sweep };
}

async function runJob(
  job: EvalJob,
  options: EvalOptions,
  dependencies: CliDependencies,
): Promise<EvalRun> {
  const { runChoiceSweep, runControls, runOpenEndedSweep } = await import("@caa/eval");
  const { items, loaded, sweep } = job;
  const { behavior } = items.set;
  const common = { behavior, vectors: loaded };
  const fileOf = ({ settings }: ChoiceCell | OpenEndedCell): string =>
    relative(dependencies.cwd, sweep.store.path(settings));
  if (items.type === "open_ended") {
    const { cells, kept } = await withProgress(behavior, "answers", dependencies, (onProgress) =>
      runOpenEndedSweep({
        ...sweep,
        dataset: items.set,
        maxNewTokens: options.maxNewTokens,
        onProgress,
      }),
    );
    return { type: items.type, ...common, cells, kept, files: cells.map(fileOf) };
  }
  const { type, set: dataset } = items;
  const { cells, kept } = await withProgress(behavior, "rows", dependencies, (onProgress) =>
    runChoiceSweep({ ...sweep, type, dataset, onProgress }),
  );
  const { controls, multipliers } = await controlsOf(job, options);
  const done =
    controls.length === 0
      ? []
      : await withProgress(`${behavior}, controls`, "rows", dependencies, (onProgress) =>
          runControls({ ...sweep, type, dataset, controls, multipliers, onProgress }),
        );
  return { type, ...common, cells, kept, files: cells.map(fileOf), controls: done };
}

async function withProgress<Result>(
  label: string,
  unit: string,
  dependencies: CliDependencies,
  job: (onProgress: (event: SweepProgress) => void) => Promise<Result>,
): Promise<Result> {
  const progress = startProgress(dependencies, label, unit);
  try {
    return await job(({ done, total }) => progress.update(done, total));
  } finally {
    progress.end();
  }
}
