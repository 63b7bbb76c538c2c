import { basename, relative, resolve } from "node:path";
import { CaaError, checkCompatible, type SteeringVectors, UNKNOWN_MODEL_HASH } from "@caa/core";
import {
  hashSteeringVectors,
  importVectors,
  loadSteeringVectors,
  readFileLimited,
  saveSteeringVectors,
  shortModelName,
} from "@caa/core/files";
import { compatibilityWords } from "../compatibility-words.ts";
import type { CliDependencies } from "../dependencies.ts";
import { isFile, ownerFileName, vectorPath } from "../vector-files.ts";
import { findVectorFiles, type VectorFiles } from "./find-files.ts";
import { type ImportModel, type ImportModelOptions, modelOfImport } from "./model-of-import.ts";

export interface ImportFilesOptions extends ImportModelOptions {
  readonly behavior?: string;
  readonly layer?: number;
  readonly normalized?: boolean;
  /** How the weights are held that the vectors shall steer, where these are blocks. */
  readonly dtype?: "float32" | "q8" | "q4";
  readonly out: string;
  readonly overwrite?: boolean;
}

export interface ImportedFile {
  readonly vectors: SteeringVectors;
  readonly file: string;
  /** False when the same vectors were there already. */
  readonly written: boolean;
  /** What is to be known of it, a line each. */
  readonly notes: readonly string[];
}

/** Of all files of a behavior; beyond the largest file of vectors that is written here. */
const MAX_BYTES = 512 * 2 ** 20;

/**
 * Imports what the paths hold, each behavior as one file in the folder of vectors. All of it is read and checked before
 * the first file is written.
 * @throws {CaaError} as `importVectors`, `findVectorFiles`, `modelOfImport` and `checkCompatible`; invalid-argument where
 * other vectors are there already
 */
export async function importFiles(
  paths: readonly string[],
  options: ImportFilesOptions,
  { cwd }: Pick<CliDependencies, "cwd">,
): Promise<readonly ImportedFile[]> {
  const model = await modelOfImport(options);
  const found = await findVectorFiles(paths, { cwd, model: model?.id });
  const imported: ImportedFile[] = [];
  for (const files of chooseBehavior(found, options.behavior)) {
    imported.push(await importOne(files, model, options, cwd));
  }
  for (const { vectors, file, written } of imported) {
    if (written) {
      await saveSteeringVectors(resolve(cwd, file), vectors);
    }
  }
  return imported;
}

/** One folder of a behavior may be called otherwise; of several, one is chosen by its name. */
function chooseBehavior(
  found: readonly VectorFiles[],
  behavior: string | undefined,
): readonly VectorFiles[] {
  if (behavior === undefined || found.length === 1) {
    return found.map((files) => ({ ...files, behavior: behavior ?? files.behavior }));
  }
  const chosen = found.filter((files) => files.behavior === behavior);
  if (chosen.length === 0) {
    const there = found.map((files) => files.behavior ?? "");
    const message = `--behavior: expected one of ${there.join(", ")}, got ${behavior}`;
    throw new CaaError("not-found", message, { facts: { behavior, there } });
  }
  return chosen;
}

async function importOne(
  files: VectorFiles,
  model: ImportModel | undefined,
  options: ImportFilesOptions,
  cwd: string,
): Promise<ImportedFile> {
  const named = [];
  let left = MAX_BYTES;
  for (const path of files.paths) {
    const bytes = await readFileLimited(path, left);
    named.push({ name: basename(path), bytes });
    left -= bytes.length;
  }
  const { vectors, own, modelHint } = await importVectors(named, {
    behavior: files.behavior ?? undefined,
    modelId: model?.id,
    architecture: model?.architecture ?? null,
    layerCount: model?.layerCount ?? null,
    layer: options.layer,
    normalized: options.normalized === true,
  });
  const { metadata } = vectors;
  const path = vectorPath(
    resolve(cwd, options.out),
    metadata.behavior,
    ownerFileName({ id: metadata.modelId, dtype: options.dtype ?? "float32" }),
    metadata.normalization === null ? "raw" : "normalized",
  );
  const written = options.overwrite === true || !(await isThere(path, vectors));
  return {
    vectors,
    file: relative(cwd, path),
    written,
    notes: [
      ...(metadata.provenance?.kind === "imported" ? metadata.provenance.changes : []),
      ...(own
        ? ["the file has our own metadata, which is kept"]
        : ["unknown: which data they are of, the token that was read, the prompt style"]),
      ...(options.normalized === true && !own
        ? ["unknown: over which behaviors they were normalized; the norms are those of the files"]
        : []),
      ...(files.others === 0 ? [] : [`files of other models are left out: ${files.others}`]),
      ...(files.model === null || isNamed(files.model, metadata.modelId)
        ? []
        : [`the files are named for ${files.model}, and taken for ${metadata.modelId}`]),
      ...(modelHint === null ? [] : [`the file says it is for a model of the family ${modelHint}`]),
      fitOf(vectors, model),
    ],
  };
}

const isNamed = (name: string, modelId: string): boolean =>
  name.toLowerCase() === shortModelName(modelId).toLowerCase();

/** @throws {CaaError} incompatible-vector */
function fitOf(vectors: SteeringVectors, model: ImportModel | undefined): string {
  const { modelHash, modelId } = vectors.metadata;
  const made = `made on ${modelId} (${modelHash.slice(0, 12)}), which is checked whenever they steer`;
  const { id, architecture, layerCount, dModel } = model ?? {};
  if (
    id === undefined ||
    architecture === undefined ||
    layerCount === undefined ||
    dModel === undefined
  ) {
    return modelHash === UNKNOWN_MODEL_HASH
      ? `${modelId} was not looked at: whether the size fits is checked whenever they steer`
      : made;
  }
  // The hash would take reading all weights; size and layers are checked without.
  const facts = { id, architecture, layerCount, dModel, hash: "" };
  const fit = checkCompatible(vectors, facts, { allowOtherModel: true });
  return modelHash === UNKNOWN_MODEL_HASH ? `${id}: ${compatibilityWords(fit, vectors)}` : made;
}

/** True where the same vectors are there. @throws {CaaError} invalid-argument where others are */
async function isThere(path: string, vectors: SteeringVectors): Promise<boolean> {
  if (!(await isFile(path))) {
    return false;
  }
  const there = await loadSteeringVectors(path);
  const other =
    there.metadata.contentHash === hashSteeringVectors(vectors)
      ? "the same numbers, of which other things are known"
      : "others";
  if (other === "others" || knownOf(there) !== knownOf(vectors)) {
    const message = `${path}: expected no vectors there but these, got ${other}; --overwrite replaces them, --out puts these elsewhere`;
    throw new CaaError("invalid-argument", message, { facts: { path } });
  }
  return true;
}

const knownOf = ({ metadata }: SteeringVectors): string =>
  JSON.stringify({ ...metadata, contentHash: null });
