import { relative, resolve } from "node:path";
import { CaaError, norm, normalizeAcrossBehaviors, type SteeringVectors } from "@caa/core";
import type { Command } from "commander";
import type { CliDependencies } from "../dependencies.ts";
import { modelsWithVectors } from "../models-with-vectors.ts";
import { collectNames } from "../options/names.ts";
import { examples } from "../output/examples.ts";
import { formatTable } from "../output/table.ts";
import { isFile, listVectors, vectorPath } from "../vector-files.ts";

export interface VectorsNormalizeOptions {
  readonly model?: string;
  readonly vectors: string;
  readonly behaviors?: readonly string[];
  readonly overwrite?: boolean;
}

export interface NormalizedFile {
  readonly behavior: string;
  readonly model: string;
  readonly file: string;
  /** The behaviors that set the norm. */
  readonly over: readonly string[];
  /** False when the same vectors were there already. */
  readonly written: boolean;
}

/** `caa vectors normalize` */
export function addVectorsNormalize(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("normalize")
    .description(
      "rescale the vectors of all behaviors of a model, per layer, to their mean norm, so that one multiplier means the same for each",
    )
    .option(
      "--model <model>",
      "id of the model that made them, as its files are named (default: CAA_MODEL, or every model that has vectors)",
    )
    .option("--vectors <dir>", "folder of vectors", "vectors")
    .option("--behaviors <names...>", "which behaviors set the norm (default: all)", collectNames)
    .option("--overwrite", "replace normalized vectors that differ")
    .option("--json", "what was written, as JSON")
    .action(async (options: VectorsNormalizeOptions & { readonly json?: boolean }) => {
      const files = await normalizeVectors(options, dependencies);
      dependencies.stdout.write(
        options.json === true
          ? `${JSON.stringify({ files }, null, 2)}\n`
          : formatTable(
              [{ title: "behavior" }, { title: "file" }, { title: "" }],
              files.map(({ behavior, file, written }) => [
                behavior,
                file,
                written ? "written" : "there already",
              ]),
            ),
      );
    });
  examples(
    command,
    "caa vectors normalize",
    "caa vectors normalize --model llama-2-7b-chat --behaviors sycophancy refusal --overwrite",
  );
}

/**
 * Normalizes over the behaviors of each model that was asked for.
 * @throws {CaaError} empty-selection without vectors; invalid-argument when other normalized vectors are there
 */
export async function normalizeVectors(
  options: VectorsNormalizeOptions,
  { cwd, env, stderr }: CliDependencies,
): Promise<readonly NormalizedFile[]> {
  const dir = resolve(cwd, options.vectors);
  const there = await listVectors(dir);
  const models = await modelsWithVectors(options.model, env, there);
  const files: NormalizedFile[] = [];
  for (const model of models) {
    const behaviors =
      options.behaviors ??
      [...there].filter(([, names]) => names.includes(model)).map(([behavior]) => behavior);
    if (behaviors.length === 1) {
      stderr.write(
        `note: normalized over ${behaviors[0]} alone, which changes nothing but the record\n`,
      );
    }
    const scaled = await normalizeModel(dir, model, behaviors);
    // All are checked before the first is written: never half of one normalization beside half of another.
    const same = new Set<string>();
    for (const { path, vectors } of scaled) {
      if (options.overwrite !== true && (await isSame(path, vectors))) {
        same.add(path);
      }
    }
    const { saveSteeringVectors } = await import("@caa/core/files");
    for (const { behavior, path, vectors } of scaled) {
      const written = !same.has(path);
      if (written) {
        await saveSteeringVectors(path, vectors);
      }
      const over = vectors.metadata.normalization?.behaviors ?? [];
      files.push({ behavior, model, file: relative(cwd, path), over, written });
    }
  }
  return files;
}

interface Scaled {
  readonly behavior: string;
  readonly path: string;
  readonly vectors: SteeringVectors;
}

async function normalizeModel(
  dir: string,
  model: string,
  behaviors: readonly string[],
): Promise<readonly Scaled[]> {
  const { loadSteeringVectors } = await import("@caa/core/files");
  const sets = new Map<string, SteeringVectors>();
  for (const behavior of behaviors) {
    sets.set(behavior, await loadSteeringVectors(vectorPath(dir, behavior, model, "raw")));
  }
  checkOneOrigin(sets);
  const { record } = normalizeAcrossBehaviors(
    new Map(
      [...sets].map(([behavior, set]) => [
        behavior,
        new Map(set.layers.map((layer) => [layer, set.vector(layer)])),
      ]),
    ),
  );
  return [...sets].map(([behavior, set]) => {
    const factor = (layer: number): number =>
      (record.targetNorm[layer] ?? 0) / norm(set.vector(layer));
    const path = vectorPath(dir, behavior, model, "normalized");
    return { behavior, path, vectors: set.scaled(factor, { normalization: record }) };
  });
}

/** Norms of different models, or of differently prompted ones, have nothing to do with each other. */
function checkOneOrigin(sets: ReadonlyMap<string, SteeringVectors>): void {
  const [first] = sets.values();
  for (const [behavior, { metadata }] of sets) {
    for (const key of ["modelHash", "promptStyle", "readPosition"] as const) {
      if (first !== undefined && metadata[key] !== first.metadata[key]) {
        const message = `vectors of ${behavior}: expected the same ${key} as those of ${first.behavior} (${first.metadata[key].slice(0, 40)}), got ${metadata[key].slice(0, 40)}`;
        throw new CaaError("incompatible-vector", message, { facts: { behavior, key } });
      }
    }
  }
}

/** True when the file holds the very same vectors. @throws {CaaError} invalid-argument when it holds others */
async function isSame(path: string, vectors: SteeringVectors): Promise<boolean> {
  if (!(await isFile(path))) {
    return false;
  }
  const { hashSteeringVectors, loadSteeringVectors } = await import("@caa/core/files");
  const found = await loadSteeringVectors(path);
  const over = (set: SteeringVectors): string =>
    (set.metadata.normalization?.behaviors ?? []).join(", ");
  if (
    over(found) !== over(vectors) ||
    hashSteeringVectors(found) !== hashSteeringVectors(vectors)
  ) {
    const message = `${path}: expected no other normalized vectors there, got some normalized over ${over(found)}, while these are over ${over(vectors)}; --overwrite replaces them, and results made with them stay as they are`;
    throw new CaaError("invalid-argument", message, { facts: { path } });
  }
  return true;
}
