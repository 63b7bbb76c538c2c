import { existsSync } from "node:fs";
import { relative, resolve } from "node:path";
import {
  CaaError,
  checkCompatible,
  type Compatibility,
  type ModelInfo,
  type SteeringVectors,
} from "@caa/core";
import { loadSteeringVectors } from "@caa/core/files";
import { compatibilityWords } from "./compatibility-words.ts";
import {
  type FoundVectors,
  findVectors,
  ownerFileName,
  type VectorKind,
  vectorPath,
} from "./vector-files.ts";

export interface LoadedVectors extends FoundVectors {
  readonly vectors: SteeringVectors;
  readonly compatibility: Compatibility;
}

export interface LoadVectorsOptions {
  /** Folder of vectors, from `cwd`. */
  readonly dir: string;
  readonly cwd: string;
  readonly raw: boolean;
  /** The model that they will steer. */
  readonly model: ModelInfo;
  /** Id of the model whose vectors they are, where `model` is a fine-tuned form of it. @default that of `model` */
  readonly baseModel?: string | undefined;
}

/**
 * The vectors of a behavior for a model, checked against it.
 * @throws {CaaError} not-found, incompatible-vector, invalid-file when a file is not what its place says
 */
export async function loadVectorsFor(
  behavior: string,
  { dir, cwd, raw, model, baseModel }: LoadVectorsOptions,
): Promise<LoadedVectors> {
  const owner = { id: baseModel ?? model.id, dtype: model.dtype };
  const found = await findVectors(resolve(cwd, dir), behavior, owner, raw);
  const vectors = await loadSteeringVectors(found.path);
  const kind: VectorKind = vectors.metadata.normalization === null ? "raw" : "normalized";
  if (vectors.behavior !== behavior || kind !== found.kind) {
    const message = `${found.path}: expected ${found.kind} vectors of ${behavior}, got ${kind} vectors of ${vectors.behavior}`;
    throw new CaaError("invalid-file", message, { facts: { path: found.path } });
  }
  const compatibility = checkCompatible(vectors, model, {
    allowOtherModel: baseModel !== undefined,
  });
  if (found.kind === "normalized") {
    await checkNotStale(
      found.path,
      vectors,
      vectorPath(resolve(cwd, dir), behavior, ownerFileName(owner), "raw"),
    );
  }
  return { ...found, vectors, compatibility };
}

/** Normalized vectors are made from raw ones; where those were made again since, using them would mix two experiments. */
async function checkNotStale(
  path: string,
  normalized: SteeringVectors,
  rawPath: string,
): Promise<void> {
  if (!existsSync(rawPath)) {
    return;
  }
  const made = (await loadSteeringVectors(rawPath)).metadata;
  const { datasetHash, pairCount, promptStyle } = normalized.metadata;
  if (
    made.datasetHash !== datasetHash ||
    made.pairCount !== pairCount ||
    made.promptStyle !== promptStyle
  ) {
    throw new CaaError(
      "incompatible-vector",
      `${path}: expected the normalized form of ${rawPath}, got that of earlier vectors; caa vectors normalize --overwrite makes it again, --raw goes without`,
      { facts: { path, rawPath } },
    );
  }
}

/**
 * Such as `sycophancy: normalized vectors (over refusal, sycophancy) from vectors/normalized/...`, with how well they fit
 * the model where they were not made on it.
 */
export function describeVectors(
  { vectors, kind, path, compatibility }: LoadedVectors,
  cwd: string,
): string {
  const over = vectors.metadata.normalization?.behaviors;
  const detail = over === undefined ? "" : ` (over ${over.join(", ")})`;
  const words = compatibilityWords(compatibility, vectors);
  const fit = words === "" ? "" : `; ${words}`;
  return `${vectors.behavior}: ${kind} vectors${detail} from ${relative(cwd, path)}${fit}`;
}
