import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import { CaaError, formatPlanEntry, parsePlanEntry, type PlanEntry } from "@caa/core";
import type { ExportFormat, ExportRecord } from "@caa/llama";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { readVariable } from "../env.ts";
import { addDtypeOption, type ModelOptions, requireModelName } from "../options/model.ts";
import { collectTexts, oneOf } from "../options/names.ts";
import { examples } from "../output/examples.ts";
import { startProgress } from "../output/progress.ts";
import { resolveSteering } from "../steering.ts";

interface ExportOptions extends Pick<ModelOptions, "dtype"> {
  readonly format: ExportFormat;
  readonly bake?: readonly string[];
  readonly vectors: string;
  readonly raw?: boolean;
  readonly keepSteering?: boolean;
  readonly cache?: boolean;
  readonly out: string;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** `caa models export [model]` */
export function addModelsExport(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("export")
    .description(
      "a model for other programs: an ONNX graph that takes steering vectors as inputs, or a model with vectors baked in, which steers wherever it runs and at no cost",
    )
    .argument("[model]", "folder, GGUF file, hub id or short name (default: CAA_MODEL)")
    .requiredOption("--out <dir>", "folder of the exported model")
    .option(
      "--format <format>",
      "onnx: for ONNX Runtime, in Python and browsers; hf: a Hugging Face folder with vectors baked in",
      oneOf("onnx", "hf"),
      "onnx",
    );
  addDtypeOption(command)
    .option(
      "--bake <entries...>",
      "behavior:layers:multiplier, added at every token: unlike --steer of other commands, which begins at the marker; repeat it for more",
      collectTexts,
    )
    .option("--vectors <dir>", "folder of vectors", "vectors")
    .option("--raw", "bake the vectors as made (default: normalized ones where present)")
    .option("--keep-steering", "with --bake: leave the graph its inputs for vectors")
    .option("--cache", "the graph takes and gives keys and values, to write token by token")
    .option("--overwrite", "replace an earlier export")
    .option("--json", "what was written as JSON")
    .action(async (model: string | undefined, options: ExportOptions) => {
      const record = await exportRequested(model, options, dependencies);
      const folder = relative(dependencies.cwd, resolve(dependencies.cwd, options.out)) || ".";
      dependencies.stdout.write(
        options.json === true
          ? `${JSON.stringify({ out: folder, ...record }, null, 2)}\n`
          : summary(record, folder),
      );
    });
  examples(
    command,
    "caa models export llama-2-7b-chat --out exported/llama-2-7b-chat",
    "caa models export ./model.gguf --dtype q4 --cache --out exported/model-q4",
    "caa models export llama-2-7b-chat --bake sycophancy:14:1.5 --out exported/sycophantic",
    "caa models export llama-2-7b-chat --bake sycophancy:14:1.5 refusal:13:-1 --format hf --out exported/steered",
  );
}

/** @throws {CaaError} as `openExport`, `exportModel`, `bakeEntry` and `resolveSteering` */
async function exportRequested(
  model: string | undefined,
  options: ExportOptions,
  dependencies: CliDependencies,
): Promise<ExportRecord> {
  const { cwd, env, signal } = dependencies;
  const { format, cache, overwrite } = options;
  const out = resolve(cwd, options.out);
  const entries = (options.bake ?? []).map(bakeEntry);
  checkOptions(options, out);
  const { exportModel, openExport } = await import("@caa/llama");
  const progress = startProgress(dependencies, "model", "");
  try {
    const source = await openExport(requireModelName(model, dependencies), {
      dtype: options.dtype,
      token: readVariable(env, "HF_TOKEN"),
      signal,
      onProgress: ({ stage, done, total }) => progress.update(done, total, stage),
    });
    const { steering, sets } = await resolveSteering(entries, options, source, dependencies);
    return await exportModel(source, {
      out,
      format,
      bake: steering.map((step) => ({
        ...step,
        vectorsHash: sets.get(step.name)?.vectors.metadata.contentHash,
      })),
      steering: options.keepSteering,
      cache,
      overwrite,
      signal,
      onProgress: ({ written, total }) => progress.update(written, total, "write"),
    });
  } finally {
    progress.end();
  }
}

/** What can be refused before a model is found, converted and hashed. @throws {CaaError} invalid-argument */
function checkOptions(options: ExportOptions, out: string): void {
  const { format, dtype = "float32", bake = [], keepSteering, cache, overwrite } = options;
  const refuse = (message: string): never => {
    throw new CaaError("invalid-argument", message);
  };
  if (keepSteering === true && bake.length === 0) {
    refuse("--keep-steering: expected --bake beside it; without, the inputs are there");
  }
  if (format === "hf" && bake.length === 0) {
    refuse("--format hf: expected --bake beside it; without, it would be a copy of the model");
  }
  if (format === "hf" && (keepSteering === true || cache === true || dtype !== "float32")) {
    refuse(
      "--format hf: expected no --keep-steering, --cache or blocks of --dtype, which are ONNX's",
    );
  }
  if (overwrite !== true && existsSync(out)) {
    refuse(`${out}: expected no such folder yet, got one; --overwrite replaces an earlier export`);
  }
}

/** An entry of `--bake`; its positions are `all` unless it says others. @throws {CaaError} as `parsePlanEntry` */
function bakeEntry(text: string): PlanEntry {
  const entry = parsePlanEntry(text);
  const positionsSaid = text
    .split(":")
    .slice(3)
    .some((part) => part !== entry.operation);
  return positionsSaid ? entry : { ...entry, positions: "all" };
}

function summary({ graph, bake, dtype, model }: ExportRecord, folder: string): string {
  const size = graph?.files.reduce((sum, { bytes }) => sum + bytes, 0);
  const contrib = Object.entries(graph?.contribOperators ?? {});
  const lines = [
    `${folder}: ${model.id} as ${graph === null ? "a Hugging Face folder" : "ONNX"}, ${dtype}${size === undefined ? "" : `, ${(size / 1e6).toFixed(1)} MB`}; README.md says how it is run`,
    ...bake.map(
      ({ name, layer, multiplier }) =>
        `baked in: ${formatPlanEntry({ name, layers: [layer], multiplier, operation: "add", positions: "all" })}`,
    ),
    ...contrib.map(
      ([domain, names]) => `operators of ${domain}, which ONNX Runtime has: ${names.join(", ")}`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}
