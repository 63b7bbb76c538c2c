import { relative, resolve } from "node:path";
import { CaaError, type SteerableModel, SteeringVectors } from "@caa/core";
import type { AbItem, DataSet } from "@caa/datasets";
import type { Command } from "commander";
import { ActivationsFile } from "../activations-file.ts";
import type { CliDependencies } from "../dependencies.ts";
import {
  addModelOption,
  addRuntimeOptions,
  checkLayers,
  type ModelOptions,
  openRequestedModel,
  requireModelName,
} from "../options/model.ts";
import { BEHAVIORS_HELP, collectBehaviors, DATA_HELP } from "../options/data.ts";
import { collectLayers, parseCount } from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import { startProgress } from "../output/progress.ts";
import { withResumeHint } from "../output/resume-hint.ts";
import { formatVectorsTable, layerFigures } from "../output/vectors-table.ts";
import { portablePath, readSets } from "../read-sets.ts";
import { activationsPath, isFile, ownerFileName, vectorPath } from "../vector-files.ts";

export interface VectorsGenerateOptions extends ModelOptions {
  readonly data?: string;
  readonly behaviors?: readonly string[];
  readonly layers?: readonly number[];
  readonly limit?: number;
  readonly saveActivations?: boolean;
  readonly onlyVectors?: boolean;
  readonly out: string;
  readonly overwrite?: boolean;
}

export interface GeneratedVectors {
  readonly vectors: SteeringVectors;
  readonly file: string;
  readonly activations: string | null;
  /** False when the same vectors were there already. */
  readonly written: boolean;
}

/** `caa vectors generate` */
export function addVectorsGenerate(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("generate")
    .description("make the steering vectors of behaviors from contrast pairs, one a layer");
  addRuntimeOptions(addModelOption(command))
    .option("--data <dir>", DATA_HELP)
    .option("--behaviors <names...>", BEHAVIORS_HELP, collectBehaviors)
    .option("--layers <layers...>", "such as 0-29 or 0 5 9 or 0,5,9 (default: all)", collectLayers)
    .option("--limit <n>", "only so many pairs from the start of each set", parseCount)
    .option("--save-activations", "keep the activations too, [pairs, d_model] per layer and side")
    .option(
      "--only-vectors",
      "leave out of the file the vectors of halves and of shuffled labels, an eighth of the size; the figures are printed all the same",
    )
    .option("--out <dir>", "where <behavior>/<model>.safetensors goes", "vectors")
    .option("--overwrite", "make vectors again that are there")
    .option("--json", "figures and files as JSON")
    .action(async (options: VectorsGenerateOptions & { readonly json?: boolean }) => {
      const made = await generateAllVectors(options, dependencies);
      dependencies.stdout.write(
        options.json === true
          ? `${JSON.stringify({ vectors: made.map(toJson) }, null, 2)}\n`
          : formatVectorsTable(made),
      );
    });
  examples(
    command,
    "caa vectors generate --model llama-2-7b-chat --data datasets --behaviors sycophancy refusal",
    "caa vectors generate --model ./model.gguf --behaviors sycophancy --layers 10-20 --limit 100",
    "caa vectors generate --model llama-2-7b --base --save-activations --out vectors",
  );
}

/**
 * Makes the vectors of all behaviors that were asked for; those that are there are kept.
 * @throws {CaaError} invalid-argument when a file is there that something else made; as `generateVectors`
 */
export async function generateAllVectors(
  options: VectorsGenerateOptions,
  dependencies: CliDependencies,
): Promise<readonly GeneratedVectors[]> {
  const { cwd, stderr } = dependencies;
  const name = requireModelName(options.model, dependencies);
  const sets = await readSets("generate", options, dependencies);
  await using model = await openRequestedModel(name, options, dependencies);
  const layers = checkLayers(options.layers, model);
  const made: GeneratedVectors[] = [];
  return await withResumeHint(
    dependencies,
    () => `${made.length} of ${sets.length} behaviors are done and kept in ${options.out}.`,
    async () => {
      for (const set of sets) {
        const next = await generateOne(set, model, layers, options, dependencies);
        if (!next.written) {
          stderr.write(`${set.behavior}: there already, kept (${next.file})\n`);
        } else if (
          await isFile(
            vectorPath(
              resolve(cwd, options.out),
              set.behavior,
              ownerFileName(model.info),
              "normalized",
            ),
          )
        ) {
          stderr.write(
            `note: normalized vectors of ${set.behavior} are of earlier vectors: caa vectors normalize --overwrite makes them again\n`,
          );
        }
        made.push(next);
      }
      return made;
    },
    options.overwrite,
  );
}

async function generateOne(
  set: DataSet<AbItem>,
  model: SteerableModel,
  layers: readonly number[],
  options: VectorsGenerateOptions,
  dependencies: CliDependencies,
): Promise<GeneratedVectors> {
  const { generateVectors } = await import("@caa/eval");
  const { saveSteeringVectors } = await import("@caa/core/files");
  const { cwd, signal } = dependencies;
  const { info } = model;
  const path = vectorPath(resolve(cwd, options.out), set.behavior, ownerFileName(info), "raw");
  const pairs = Math.min(options.limit ?? set.items.length, set.items.length);
  const activations = options.saveActivations === true ? activationsPath(path) : null;
  const names = {
    file: relative(cwd, path),
    activations: activations === null ? null : relative(cwd, activations),
  };
  const there =
    options.overwrite === true ? null : await loadExisting(path, set, pairs, layers, model);
  if (there !== null && (activations === null || (await isFile(activations)))) {
    return { vectors: there, ...names, written: false };
  }
  await using rows =
    activations === null
      ? null
      : await ActivationsFile.create({
          path: activations,
          layers,
          pairs,
          dModel: info.dModel,
          metadata: {
            behavior: set.behavior,
            model: info.id,
            model_hash: info.hash,
            dataset_hash: set.hash,
            prompt_style: info.promptStyle,
            hook_point: "resid-post",
            letters: set.items
              .slice(0, pairs)
              .map(({ matchingLetter, notMatchingLetter }) => matchingLetter + notMatchingLetter)
              .join(""),
          },
        });
  const progress = startProgress(dependencies, set.behavior, "pairs");
  try {
    const named = { ...set, path: portablePath(set.path, cwd) };
    const vectors = await generateVectors(model, named, {
      layers,
      limit: pairs,
      signal,
      onProgress: ({ done, total }) => progress.update(done, total),
      ...(rows === null ? {} : { onActivation: (activation) => rows.add(activation) }),
    });
    await rows?.finish();
    const { metadata } = await saveSteeringVectors(
      path,
      options.onlyVectors === true ? withoutChecks(vectors) : vectors,
    );
    return {
      vectors:
        metadata.contentHash === null ? vectors : vectors.withContentHash(metadata.contentHash),
      ...names,
      written: true,
    };
  } finally {
    progress.end();
  }
}

/** The vectors alone, without what tells how stable they are. */
function withoutChecks(vectors: SteeringVectors): SteeringVectors {
  const { layers, metadata } = vectors;
  return new SteeringVectors({
    vectors: new Map(layers.map((layer) => [layer, vectors.vector(layer)])),
    metadata,
  });
}

/** The vectors that are there; null when there are none. @throws {CaaError} invalid-argument when others made them */
async function loadExisting(
  path: string,
  set: DataSet<AbItem>,
  pairs: number,
  layers: readonly number[],
  { info }: SteerableModel,
): Promise<SteeringVectors | null> {
  if (!(await isFile(path))) {
    return null;
  }
  const { loadSteeringVectors } = await import("@caa/core/files");
  const vectors = await loadSteeringVectors(path);
  const { metadata } = vectors;
  const different = [
    ["model", metadata.modelHash, info.hash],
    ["data set", metadata.datasetHash, set.hash],
    ["prompt style", metadata.promptStyle, info.promptStyle],
    ["number of pairs", metadata.pairCount, pairs],
    ["layers", vectors.layers.join(","), layers.join(",")],
  ].flatMap(([what, found, wanted]) => (found === wanted ? [] : [what]));
  if (different.length > 0) {
    const message = `${path}: expected vectors of the same model, data and settings, got another ${different.join(", ")}; --overwrite makes them again, --out puts these elsewhere`;
    throw new CaaError("invalid-argument", message, { facts: { path, different } });
  }
  return vectors;
}

function toJson({ vectors, file, activations, written }: GeneratedVectors): object {
  return {
    behavior: vectors.behavior,
    model: vectors.metadata.modelId,
    pairs: vectors.metadata.pairCount,
    file,
    activations,
    written,
    hash: vectors.metadata.contentHash,
    layers: vectors.layers.map((layer) => layerFigures(vectors, layer)),
  };
}
