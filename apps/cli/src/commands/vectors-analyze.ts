import { basename, relative, resolve } from "node:path";
import { CaaError, type SteeringVectors } from "@caa/core";
import type { LayerReliability } from "@caa/eval";
import type { NamedVectors } from "@caa/eval/plots";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { collectNames, oneOf } from "../options/names.ts";
import { parseWhole } from "../options/numbers.ts";
import { examples } from "../output/examples.ts";
import { formatTable } from "../output/table.ts";
import { drawPlots, type DrawnPlots } from "../output/write-plots.ts";
import { isFile, listVectors, type VectorKind, vectorPath } from "../vector-files.ts";

export interface VectorsAnalyzeOptions {
  readonly vectors: string;
  readonly behaviors?: readonly string[];
  readonly models?: readonly string[];
  readonly kind: VectorKind;
  readonly layer?: number;
  readonly unscaled?: boolean;
  readonly out: string;
  readonly latex?: boolean;
}

export interface VectorsAnalysis extends DrawnPlots {
  readonly analyzed: ReadonlyArray<{
    readonly file: NamedVectors;
    /** The layer whose halves agree best; null without halves. */
    readonly best: LayerReliability | null;
  }>;
}

/** `caa vectors analyze` */
export function addVectorsAnalyze(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("analyze")
    .description(
      "how stable vectors are, and how alike: cosines between layers, behaviors and models, principal components, norms, and the two halves of the pairs beside shuffled labels; SVG, PNG and the figures as CSV",
    )
    .argument("[files...]", "files of vectors (default: all in the folder of vectors)")
    .option("--vectors <dir>", "folder of vectors", "vectors")
    .option("--behaviors <names...>", "only these behaviors (default: all)", collectNames)
    .option(
      "--models <names...>",
      "only these models, as their files are named (default: all)",
      collectNames,
    )
    .option(
      "--kind <kind>",
      "raw or normalized vectors of the folder",
      oneOf("raw", "normalized"),
      "raw",
    )
    .option("--layer <n>", "the similarity between behaviors at this layer too", parseWhole)
    .option("--unscaled", "principal components of vectors as they are (default: of length 1)")
    .option("--out <dir>", "where plots go", "plots")
    .option("--latex", "tables as LaTeX too")
    .option("--json", "the figures and what was written, as JSON")
    .action(
      async (
        files: readonly string[],
        options: VectorsAnalyzeOptions & { readonly json?: boolean },
      ) => {
        const analysis = await analyzeVectors(files, options, dependencies);
        dependencies.stdout.write(
          options.json === true
            ? `${JSON.stringify(toJson(analysis), null, 2)}\n`
            : toText(analysis),
        );
      },
    );
  examples(
    command,
    "caa vectors analyze",
    "caa vectors analyze --behaviors refusal sycophancy --layer 13 --latex",
    "caa vectors analyze vectors/refusal/a.safetensors vectors/refusal/b.safetensors --out compared",
  );
}

/**
 * Draws everything that files of vectors have in common.
 * @throws {CaaError} empty-selection when there is nothing to analyze; not-found for a file, behavior, model or layer
 *   that is not there; invalid-file; io
 */
export async function analyzeVectors(
  paths: readonly string[],
  options: VectorsAnalyzeOptions,
  dependencies: CliDependencies,
): Promise<VectorsAnalysis> {
  const { mostReliableLayer, reliability } = await import("@caa/eval");
  const { planVectorPlots } = await import("@caa/eval/plots");
  const { cwd } = dependencies;
  const found = paths.length === 0 ? await findAll(options, cwd) : paths.map((path) => named(path));
  const loaded = await load(found, cwd);
  const { layer } = options;
  if (layer !== undefined && !loaded.some(({ vectors }) => vectors.layers.includes(layer))) {
    const layers = [...new Set(loaded.flatMap(({ vectors }) => vectors.layers))];
    const message = `--layer: expected a layer of these vectors, got ${layer}; there: ${layers.sort((a, b) => a - b).join(" ")}`;
    throw new CaaError("not-found", message, { facts: { layer } });
  }
  const plots = planVectorPlots(loaded, {
    ...(layer === undefined ? {} : { layer }),
    of: options.unscaled === true ? "vectors" : "directions",
  });
  const { files, skipped } = await drawPlots(plots, options, dependencies);
  const analyzed = loaded.map((file) => ({
    file,
    best: mostReliableLayer(reliability(file.vectors)),
  }));
  return { analyzed, files, skipped };
}

interface Found {
  readonly model: string;
  readonly path: string;
}

function named(path: string): Found {
  return { model: basename(path, ".safetensors"), path };
}

/** Files of the folder, by behavior, then model. */
async function findAll(options: VectorsAnalyzeOptions, cwd: string): Promise<readonly Found[]> {
  const dir = resolve(cwd, options.vectors);
  const there = await listVectors(dir);
  if (there.size === 0) {
    const message = `${options.vectors}: expected vectors, got none. Make them: caa vectors generate --model M --data DIR`;
    throw new CaaError("empty-selection", message);
  }
  const models = [...new Set([...there.values()].flat())];
  await checkThere("--behaviors", options.behaviors, [...there.keys()]);
  await checkThere("--models", options.models, models);
  const found: Found[] = [];
  for (const [behavior, names] of there) {
    for (const model of names) {
      const path = vectorPath(dir, behavior, model, options.kind);
      const asked =
        (options.behaviors?.includes(behavior) ?? true) &&
        (options.models?.includes(model) ?? true);
      if (asked && (await isFile(path))) {
        found.push({ model, path });
      }
    }
  }
  if (found.length === 0) {
    const hint = options.kind === "normalized" ? " Make them: caa vectors normalize" : "";
    const message = `${options.vectors}: expected ${options.kind} vectors that fit, got none.${hint}`;
    throw new CaaError("empty-selection", message);
  }
  return found;
}

/** @throws {CaaError} not-found with the closest name */
async function checkThere(
  option: string,
  asked: readonly string[] | undefined,
  there: readonly string[],
): Promise<void> {
  const missing = asked?.find((name) => !there.includes(name));
  if (missing !== undefined) {
    const { suggest } = await import("@caa/datasets");
    const near = suggest(missing, there);
    const hint = near === null ? "" : ` Did you mean ${near}?`;
    const message = `${option}: expected a name that has vectors, got ${missing}.${hint} There: ${there.join(", ")}`;
    throw new CaaError("not-found", message, { facts: { missing, there } });
  }
}

/** Files of one behavior and one name, such as two versions, are told apart by their paths. */
async function load(found: readonly Found[], cwd: string): Promise<readonly NamedVectors[]> {
  const { loadSteeringVectors } = await import("@caa/core/files");
  const loaded: Array<Found & { readonly vectors: SteeringVectors }> = [];
  for (const { model, path } of found) {
    const full = resolve(cwd, path);
    if (!loaded.some((other) => other.path === full)) {
      loaded.push({ model, path: full, vectors: await loadSteeringVectors(full) });
    }
  }
  const keys = loaded.map(({ model, vectors }) => `${vectors.behavior}/${model}`);
  const twice = new Set(keys).size < keys.length;
  return loaded.map(({ model, path, vectors }) => ({
    model: twice ? relative(cwd, path).replace(/\.safetensors$/, "") : model,
    vectors,
  }));
}

function toText({ analyzed, files }: VectorsAnalysis): string {
  const right = "right" as const;
  const table = formatTable(
    [
      { title: "behavior" },
      { title: "model" },
      { title: "pairs", align: right },
      { title: "layer", align: right },
      { title: "halves", align: right },
      { title: "chance", align: right },
      { title: "norm", align: right },
    ],
    analyzed.map(({ file: { model, vectors }, best }) => [
      vectors.behavior,
      model,
      String(vectors.metadata.pairCount),
      best === null ? "-" : String(best.layer),
      best?.splitHalf?.toFixed(3) ?? "-",
      best?.splitHalfChance?.high.toFixed(3) ?? "-",
      best?.norm.toPrecision(3) ?? "-",
    ]),
  );
  return `${table}layer: where the vectors of the two halves of the pairs agree best; halves: their cosine; chance: the highest cosine between shuffled labels\n\n${files.map((file) => `${file}\n`).join("")}`;
}

function toJson({ analyzed, files, skipped }: VectorsAnalysis): object {
  return {
    vectors: analyzed.map(({ file: { model, vectors }, best }) => ({
      behavior: vectors.behavior,
      model,
      pairs: vectors.metadata.pairCount,
      mostReliable: best,
    })),
    files,
    skipped,
  };
}
