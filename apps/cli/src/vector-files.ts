import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CaaError, type ModelInfo } from "@caa/core";
import { suggest } from "@caa/datasets";
import { modelFileName } from "./options/names.ts";

/** Below the folder of vectors; no behavior may have this name. */
export const NORMALIZED = "normalized";

const SUFFIX = ".safetensors";
const ACTIVATIONS_SUFFIX = ".activations.safetensors";

export type VectorKind = "raw" | "normalized";

export interface FoundVectors {
  readonly path: string;
  readonly kind: VectorKind;
}

/** A model whose vectors are kept: its id, and how its weights are held. */
export type VectorOwner = Pick<ModelInfo, "id" | "dtype">;

/** The name of a model's files. Quantized weights are another model: their vectors stand beside those of float weights. */
export function ownerFileName({ id, dtype }: VectorOwner): string {
  return dtype === "q8" || dtype === "q4" ? `${modelFileName(id)}.${dtype}` : modelFileName(id);
}

/** A behavior's name as the name of a folder, whoever wrote it. @throws {CaaError} invalid-argument */
export function behaviorFolder(behavior: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]*$/.test(behavior) || behavior === NORMALIZED) {
    const message = `behavior: expected a name of letters, digits, - and _, other than ${NORMALIZED}, got ${JSON.stringify(behavior)}`;
    throw new CaaError("invalid-argument", message, { facts: { behavior } });
  }
  return behavior;
}

/** `DIR/<behavior>/<model>.safetensors`, or the same below `DIR/normalized`. @throws {CaaError} as `behaviorFolder` */
export function vectorPath(dir: string, behavior: string, owner: string, kind: VectorKind): string {
  const folder = behaviorFolder(behavior);
  const file = `${owner}${SUFFIX}`;
  return kind === "raw" ? join(dir, folder, file) : join(dir, NORMALIZED, folder, file);
}

/** Where the activations are that the vectors of a file were made of. */
export function activationsPath(vectors: string): string {
  return vectors.slice(0, -SUFFIX.length) + ACTIVATIONS_SUFFIX;
}

/**
 * The file of a behavior's vectors for one model: the normalized ones where they are, else, or with `raw`, those as made;
 * null when there is none.
 */
export async function findVectorsOrNull(
  dir: string,
  behavior: string,
  model: VectorOwner,
  raw: boolean,
): Promise<FoundVectors | null> {
  const owner = ownerFileName(model);
  const kinds: readonly VectorKind[] = raw ? ["raw"] : ["normalized", "raw"];
  for (const kind of kinds) {
    const path = vectorPath(dir, behavior, owner, kind);
    if (await isFile(path)) {
      return { path, kind };
    }
  }
  return null;
}

/** The same, where it has to be there. @throws {CaaError} not-found, with the command that makes them */
export async function findVectors(
  dir: string,
  behavior: string,
  model: VectorOwner,
  raw: boolean,
): Promise<FoundVectors> {
  const found = await findVectorsOrNull(dir, behavior, model, raw);
  if (found !== null) {
    return found;
  }
  const path = vectorPath(dir, behavior, ownerFileName(model), "raw");
  const near = suggest(behavior, [...(await listVectors(dir)).keys()]);
  const hint = near === null || near === behavior ? "" : ` Did you mean ${near}?`;
  const message = `${path}: expected vectors of ${behavior} for ${model.id} in ${model.dtype}, got no such file.${hint} Make them: caa vectors generate --model M --data DIR --behaviors ${behavior}`;
  throw new CaaError("not-found", message, { facts: { path, behavior } });
}

/** The models that have vectors as made, as their files are named, by behavior; empty when the folder is not there. */
export async function listVectors(dir: string): Promise<ReadonlyMap<string, readonly string[]>> {
  const found = new Map<string, readonly string[]>();
  for (const behavior of await listNames(dir)) {
    const names = behavior === NORMALIZED ? [] : await listNames(join(dir, behavior));
    const models = names
      .filter((name) => name.endsWith(SUFFIX) && !name.endsWith(ACTIVATIONS_SUFFIX))
      .map((name) => name.slice(0, -SUFFIX.length));
    if (models.length > 0) {
      found.set(behavior, models);
    }
  }
  return found;
}

async function listNames(dir: string): Promise<readonly string[]> {
  try {
    return (await readdir(dir)).filter((name) => !name.startsWith(".")).sort();
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && /ENOENT|ENOTDIR/.test(String(cause.code))) {
      return [];
    }
    const message = `${dir}: expected a readable folder, got: ${String(cause)}`;
    throw new CaaError("io", message, { cause, facts: { dir } });
  }
}

export async function isFile(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isFile();
  } catch {
    return false;
  }
}
