import { relative, resolve } from "node:path";
import { CaaError, checkCompatible, type ModelInfo, type SteeringVectors } from "@caa/core";
import { loadSteeringVectors } from "@caa/core/files";
import { type FoundVectors, findVectors, type VectorKind } from "./vector-files.ts";

export interface LoadedVectors extends FoundVectors {
  readonly vectors: SteeringVectors;
}

export interface LoadVectorsOptions {
  /** Folder of vectors, from `cwd`. */
  readonly dir: string;
  readonly cwd: string;
  readonly raw: boolean;
  readonly model: ModelInfo;
}

/**
 * The vectors of a behavior for a model, checked against it.
 * @throws {CaaError} not-found, incompatible-vector, invalid-file when a file is not what its place says
 */
export async function loadVectorsFor(
  behavior: string,
  { dir, cwd, raw, model }: LoadVectorsOptions,
): Promise<LoadedVectors> {
  const found = await findVectors(resolve(cwd, dir), behavior, model.id, raw);
  const vectors = await loadSteeringVectors(found.path);
  const kind: VectorKind = vectors.metadata.normalization === null ? "raw" : "normalized";
  if (vectors.behavior !== behavior || kind !== found.kind) {
    const message = `${found.path}: expected ${found.kind} vectors of ${behavior}, got ${kind} vectors of ${vectors.behavior}`;
    throw new CaaError("invalid-file", message, { facts: { path: found.path } });
  }
  checkCompatible(vectors, model);
  return { ...found, vectors };
}

/** Such as `sycophancy: normalized vectors (over refusal, sycophancy) from vectors/normalized/...`. */
export function describeVectors({ vectors, kind, path }: LoadedVectors, cwd: string): string {
  const over = vectors.metadata.normalization?.behaviors;
  const detail = over === undefined ? "" : ` (over ${over.join(", ")})`;
  return `${vectors.behavior}: ${kind} vectors${detail} from ${relative(cwd, path)}`;
}
