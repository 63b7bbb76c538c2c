import { relative, resolve } from "node:path";
import type { SteerableModel } from "@caa/core";
import type { AbItem, DataSet } from "@caa/datasets";
import type { AbCell, AbSettings, ResultStore } from "@caa/eval";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { describeVectors, type LoadedVectors, loadVectorsFor } from "../load-vectors.ts";
import {
  addModelOption,
  addRuntimeOptions,
  checkLayers,
  type ModelOptions,
  modelIdOf,
  openRequestedModel,
  requireModelName,
} from "../options/model.ts";
import { BEHAVIORS_HELP, collectBehaviors, DATA_HELP } from "../options/data.ts";
import { oneOf, parseTestType } from "../options/names.ts";
import { collectLayers, collectMultipliers, parseCount } from "../options/numbers.ts";
import { abWarnings, formatAbTable } from "../output/ab-table.ts";
import { examples } from "../output/examples.ts";
import { startProgress } from "../output/progress.ts";
import { withResumeHint } from "../output/resume-hint.ts";
import { readSets } from "../read-sets.ts";
import { checkOrigin, originOf, type OverrideOptions, promptsOf } from "../weights-origin.ts";
import { isFile } from "../vector-files.ts";

export interface EvalOptions extends ModelOptions, OverrideOptions {
  readonly type: "ab";
  readonly data?: string;
  readonly vectors: string;
  readonly behaviors?: readonly string[];
  readonly layers?: readonly number[];
  readonly multipliers: readonly number[];
  readonly positions: "marker" | "after-marker" | "all";
  readonly system?: string;
  readonly raw?: boolean;
  readonly limit?: number;
  readonly out: string;
  readonly overwrite?: boolean;
}

export interface EvalRun {
  readonly behavior: string;
  readonly vectors: LoadedVectors;
  readonly cells: readonly AbCell[];
  /** How many of them were there before. */
  readonly kept: number;
  /** Files of the cells, in their order, relative to the working folder. */
  readonly files: readonly string[];
}

/** `caa eval` */
export function addEval(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("eval")
    .description("measure what steering does, over layers and multipliers");
  addRuntimeOptions(addModelOption(command))
    .option("--type <type>", "which test: ab", parseTestType, "ab")
    .option("--data <dir>", DATA_HELP)
    .option("--vectors <dir>", "folder of vectors", "vectors")
    .option("--behaviors <names...>", BEHAVIORS_HELP, collectBehaviors)
    .option("--layers <layers...>", "such as 0-29 or 0 5 9 or 0,5,9 (default: all)", collectLayers)
    .option("--multipliers <numbers...>", "such as -1 0 1 (default: -1 0 1)", collectMultipliers)
    .option(
      "--override-weights <model>",
      "run this fine-tuned form of the model (a folder or LoRA adapter, see caa finetune), steered by the model's own vectors; prompts are by default those that it was trained on",
    )
    .option(
      "--allow-other-base",
      "with --override-weights: take the vectors even where the weights were trained from another model than theirs",
    )
    .option("--raw", "use the vectors as made (default: normalized ones where present)")
    .option(
      "--positions <rule>",
      "which tokens are steered: marker (from the last token of the instruction's end on), after-marker, all",
      oneOf("marker", "after-marker", "all"),
      "marker",
    )
    .option("--system <text>", "a system prompt for every item")
    .option("--limit <n>", "only so many items from the start of each set", parseCount)
    .option("--out <dir>", "where results go, in <type>/<behavior>/", "results")
    .option("--overwrite", "measure cells again that are there")
    .option("--json", "figures and files as JSON")
    .action(
      async ({ multipliers = [-1, 0, 1], json, ...options }: EvalOptions & { json?: boolean }) => {
        const runs = await evaluateAb({ ...options, multipliers }, dependencies);
        if (json === true) {
          dependencies.stdout.write(`${JSON.stringify({ runs: runs.map(toJson) }, null, 2)}\n`);
        } else {
          printRuns(runs, options, dependencies);
        }
      },
    );
  examples(
    command,
    "caa eval --type ab --model llama-2-7b-chat --data datasets --behaviors sycophancy --layers 0-31 --multipliers -1 0 1",
    "caa eval --type ab --behaviors refusal --layers 13 --multipliers -2,-1,0,1,2 --raw",
    "caa eval --type ab --model ./model.gguf --behaviors sycophancy --layers 15 --multipliers -1 0 1 --override-weights finetuned/model.gguf_sycophancy_pos_layer=15",
    "caa eval --type ab --behaviors refusal --layers 10,13 --limit 10 --json > figures.json",
  );
}

/** Runs the A/B experiment for every behavior. @throws {CaaError} as `runAbSweep` and `loadVectorsFor` */
export async function evaluateAb(
  options: EvalOptions,
  dependencies: CliDependencies,
): Promise<readonly EvalRun[]> {
  const { cwd } = dependencies;
  const name = requireModelName(options.model, dependencies);
  const sets = await readSets("test-ab", options, dependencies);
  const { ResultStore } = await import("@caa/eval");
  const store = new ResultStore(resolve(cwd, options.out));
  const { raw = false, overrideWeights } = options;
  const baseModel = overrideWeights === undefined ? undefined : await modelIdOf(name, cwd);
  const origin = await originOf(options, dependencies);
  await using model = await openRequestedModel(
    overrideWeights ?? name,
    { ...promptsOf(origin, options, dependencies), ...options },
    dependencies,
  );
  checkLayers(options.layers, model);
  const load = { dir: options.vectors, cwd, raw, model: model.info, baseModel };
  const jobs: { readonly set: DataSet<AbItem>; readonly vectors: LoadedVectors }[] = [];
  for (const set of sets) {
    const vectors = await loadVectorsFor(set.behavior, load);
    checkOrigin(origin, vectors, options, model);
    jobs.push({ set, vectors });
  }
  await announce(jobs, options, { model, baseModel }, store, dependencies);
  const runs: EvalRun[] = [];
  return await withResumeHint(
    dependencies,
    () =>
      `${runs.length} of ${jobs.length} behaviors are done; finished cells and rows are kept in ${options.out}.`,
    async () => {
      for (const { set, vectors } of jobs) {
        runs.push(await runOne(set, vectors, options, { model, baseModel }, store, dependencies));
      }
      return runs;
    },
    options.overwrite,
  );
}

interface EvaluatedModel {
  readonly model: SteerableModel;
  /** Id of the model that it is a fine-tuned form of. */
  readonly baseModel: string | undefined;
}

/** Says what will run, before it does. */
async function announce(
  jobs: ReadonlyArray<{ readonly set: DataSet<AbItem>; readonly vectors: LoadedVectors }>,
  options: EvalOptions,
  { model: { info }, baseModel }: EvaluatedModel,
  store: ResultStore,
  { cwd, stderr }: CliDependencies,
): Promise<void> {
  stderr.write(
    `model: ${info.id}${baseModel === undefined ? "" : ` in place of ${baseModel}`}, ${info.dtype} on ${info.device}, prompt style ${info.promptStyle}\n`,
  );
  for (const { set, vectors } of jobs) {
    const layers = options.layers ?? vectors.vectors.layers;
    let there = 0;
    for (const layer of layers) {
      for (const multiplier of options.multipliers) {
        const settings: AbSettings = {
          type: "ab",
          behavior: set.behavior,
          layer,
          multiplier,
          model: baseModel ?? info.id,
          overrideWeights: baseModel === undefined ? null : info.id,
          dtype: info.dtype,
          promptStyle: info.promptStyle,
          vectors: vectors.kind,
          operation: "add",
          positions: options.positions,
          system: options.system ?? null,
          limit: options.limit ?? null,
        };
        there += (await isFile(store.path(settings))) ? 1 : 0;
      }
    }
    if (vectors.vectors.metadata.datasetHash === set.hash) {
      stderr.write(
        `note: ${set.behavior} is tested on the very items that its vectors were made of; hold some out to see what steering does elsewhere\n`,
      );
    }
    const items = Math.min(options.limit ?? set.items.length, set.items.length);
    const cells = layers.length * options.multipliers.length;
    const fate = options.overwrite === true ? "measured again" : "kept";
    stderr.write(
      `${describeVectors(vectors, cwd)}\n${set.behavior}: ${items} items, ${layers.length} layers x ${options.multipliers.length} multipliers = ${cells} cells, ${there} of them there already${there > 0 ? ` and ${fate}` : ""}\n`,
    );
  }
}

async function runOne(
  set: DataSet<AbItem>,
  loaded: LoadedVectors,
  options: EvalOptions,
  { model, baseModel }: EvaluatedModel,
  store: ResultStore,
  dependencies: CliDependencies,
): Promise<EvalRun> {
  const { runAbSweep } = await import("@caa/eval");
  const { vectors } = loaded;
  const progress = startProgress(dependencies, set.behavior, "rows");
  try {
    const { cells, kept } = await runAbSweep({
      model,
      baseModel,
      dataset: set,
      vectors,
      layers: options.layers ?? vectors.layers,
      multipliers: options.multipliers,
      store,
      limit: options.limit,
      system: options.system,
      positions: options.positions,
      overwrite: options.overwrite,
      signal: dependencies.signal,
      onProgress: ({ done, total }) => progress.update(done, total),
    });
    const files = cells.map((cell) => relative(dependencies.cwd, store.path(cell.settings)));
    return { behavior: set.behavior, vectors: loaded, cells, kept, files };
  } finally {
    progress.end();
  }
}

function printRuns(
  runs: readonly EvalRun[],
  options: Pick<EvalOptions, "out">,
  { cwd, stdout, stderr }: CliDependencies,
): void {
  for (const { behavior, vectors, cells, kept } of runs) {
    const n = cells[0]?.summary.n ?? 0;
    const confidence = 100 * (cells[0]?.summary.confidence ?? 0);
    stdout.write(
      `${describeVectors(vectors, cwd)}\np(matching), mean over ${n} items with its ${confidence} % bootstrap interval, and the letter mass (${kept} of ${cells.length} cells were there already)\n`,
    );
    stdout.write(formatAbTable(cells));
    for (const warning of abWarnings(cells)) {
      stderr.write(`${behavior}: ${warning}\n`);
    }
  }
  const dir = options.out === "results" ? "" : ` --results ${options.out}`;
  const names = runs.map((run) => run.behavior).join(" ");
  stderr.write(
    `results: ${options.out}/ab/<behavior>/\nplots: caa plot results${dir} --behaviors ${names}\n`,
  );
}

function toJson({ behavior, vectors, cells, kept, files }: EvalRun): object {
  return {
    behavior,
    vectors: {
      kind: vectors.kind,
      path: vectors.path,
      hash: vectors.vectors.metadata.contentHash,
      normalization: vectors.vectors.metadata.normalization?.behaviors ?? null,
    },
    kept,
    cells: cells.map(({ settings, hashes, summary }, index) => ({
      settings,
      hashes,
      summary,
      file: files[index],
    })),
    warnings: abWarnings(cells),
  };
}
