import { createHash } from "node:crypto";
import { join, relative, resolve } from "node:path";
import type { SteerableModel } from "@caa/core";
import type { AbItem, DataSet } from "@caa/datasets";
import type { TuneOptions, TuneResult, TuneStage } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import { describeVectors, type LoadedVectors, loadVectorsFor } from "../load-vectors.ts";
import {
  checkLayers,
  type ModelOptions,
  openRequestedModel,
  requireModelName,
} from "../options/model.ts";
import { modelFileName } from "../options/names.ts";
import { startProgress } from "../output/progress.ts";
import { withResumeHint } from "../output/resume-hint.ts";
import { writePlot } from "../output/write-plots.ts";
import { withVectors } from "../eval/items.ts";
import { readSets } from "../read-sets.ts";
import { type GuardData, readGuardData } from "./guard-data.ts";

export interface TuneCommandOptions extends ModelOptions {
  readonly data?: string;
  readonly vectors: string;
  readonly behaviors?: readonly string[];
  readonly layers?: readonly number[];
  readonly multipliers?: readonly number[];
  readonly raw?: boolean;
  readonly positions: "marker" | "after-marker" | "all";
  readonly controls: number;
  readonly minGain: number;
  readonly candidates: number;
  readonly minLetterMass: number;
  readonly maxDivergence: number;
  readonly maxPerplexityRatio: number;
  readonly maxRepetitionRise: number;
  readonly maxMmluDrop: number;
  readonly harmless?: string;
  readonly mmluItems: number;
  readonly maxNewTokens: number;
  readonly seed: number;
  readonly out: string;
  readonly overwrite?: boolean;
}

/** What was found for one behavior, and where it is written. */
export interface Tuning {
  readonly result: TuneResult;
  readonly vectors: LoadedVectors;
  /** The result, then its picture, relative to the working folder. */
  readonly files: readonly string[];
}

const DOING: Readonly<Record<TuneStage, string>> = {
  choose: "layers and multipliers",
  texts: "harmless texts",
  compare: "harmless texts under steering",
  answers: "open-ended answers",
  mmlu: "MMLU",
  controls: "random directions choose",
  report: "on the items kept back",
};

/** Tunes every behavior, one after the other. @throws {CaaError} as `tuneSteering`, `loadVectorsFor` and `readSets` */
export async function runTune(
  options: TuneCommandOptions,
  dependencies: CliDependencies,
): Promise<readonly Tuning[]> {
  const { cwd, stderr } = dependencies;
  const name = requireModelName(options.model, dependencies);
  const sets = await readSets("test-ab", options, dependencies);
  const found = await Promise.all(
    sets.map(async (set, i) => {
      const asked = options.behaviors?.[i] ?? set.behavior;
      return { set, guard: await readGuardData(set, asked, options, dependencies) };
    }),
  );
  await using model = await openRequestedModel(name, options, dependencies);
  checkLayers(options.layers, model);
  const { id, dtype, device, promptStyle } = model.info;
  stderr.write(`model: ${id}, ${dtype} on ${device}, prompt style ${promptStyle}\n`);
  const { raw = false } = options;
  const owner = { dir: options.vectors, cwd, raw, model: model.info };
  const jobs = await Promise.all(
    (await withVectors(found, options, model.info, dependencies)).map(async (job) => ({
      ...job,
      vectors: await loadVectorsFor(job.set.behavior, owner),
    })),
  );
  const tunings: Tuning[] = [];
  return await withResumeHint(
    dependencies,
    () =>
      `${tunings.length} of ${jobs.length} behaviors are done; what was measured is kept in ${options.out}/tune.`,
    async () => {
      for (const { set, guard, vectors } of jobs) {
        stderr.write(`${describeVectors(vectors, cwd)}\n`);
        tunings.push(await tune(model, set, guard, vectors, options, dependencies));
      }
      return tunings;
    },
    options.overwrite,
  );
}

async function tune(
  model: SteerableModel,
  set: DataSet<AbItem>,
  guard: GuardData,
  vectors: LoadedVectors,
  options: TuneCommandOptions,
  dependencies: CliDependencies,
): Promise<Tuning> {
  const { tuneSteering } = await import("@caa/eval");
  const { cwd, signal } = dependencies;
  const out = join(options.out, "tune", set.behavior);
  const progress = startProgress(dependencies, set.behavior, "");
  const plan: TuneOptions = {
    model,
    vectors: vectors.vectors,
    vectorsKind: vectors.kind,
    dataset: set,
    ...guard,
    dir: resolve(cwd, out, "cells"),
    layers: options.layers,
    multipliers: options.multipliers,
    positions: options.positions,
    controls: options.controls,
    minGain: options.minGain,
    maxCandidates: options.candidates,
    limits: {
      letterMass: options.minLetterMass,
      divergence: options.maxDivergence,
      perplexityRatio: options.maxPerplexityRatio,
      repetitionRise: options.maxRepetitionRise,
      mmluDrop: options.maxMmluDrop,
    },
    mmluItems: options.mmluItems,
    maxNewTokens: options.maxNewTokens,
    seed: options.seed,
    overwrite: options.overwrite,
    signal,
    onProgress: ({ stage, done, total }) =>
      progress.update(done, total, `${set.behavior}, ${DOING[stage]}`),
  };
  try {
    const result = await tuneSteering(plan);
    return { result, vectors, files: await write(result, out, dependencies) };
  } finally {
    progress.end();
  }
}

/** One file for one way of asking, so that another way does not replace it. */
async function write(
  result: TuneResult,
  out: string,
  { cwd }: CliDependencies,
): Promise<readonly string[]> {
  const { writeFileAtomic } = await import("@caa/core/files");
  const { plotTuning } = await import("@caa/eval/plots");
  const { settings, hashes } = result;
  const key = createHash("sha256")
    .update(JSON.stringify([settings, hashes]))
    .digest("hex");
  const name = `model=${modelFileName(settings.model)}_vectors=${settings.vectors}_seed=${settings.seed}_settings=${key.slice(0, 12)}`;
  const path = resolve(cwd, out, `${name}.json`);
  await writeFileAtomic(path, `${JSON.stringify(result, null, 2)}\n`);
  const plots =
    result.grid.length === 0
      ? []
      : await writePlot(await plotTuning(result, name), { out }, { cwd });
  return [relative(cwd, path), ...plots];
}
