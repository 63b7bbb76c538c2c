import { resolve } from "node:path";
import { CaaError, type SteeringVectors } from "@caa/core";
import { loadSteeringVectors } from "@caa/core/files";
import type { CliDependencies } from "./dependencies.ts";
import { oneModelWithVectors } from "./models-with-vectors.ts";
import { isFile, listVectors, type VectorKind, vectorPath } from "./vector-files.ts";

export interface NamedVectorsOptions {
  /** As its files are named. @default CAA_MODEL, or the only one that has vectors */
  readonly model?: string;
  /** Folder of vectors. */
  readonly vectors: string;
  readonly kind: VectorKind;
}

export interface VectorsFile {
  readonly path: string;
  readonly vectors: SteeringVectors;
}

/**
 * Vectors that a command line names: a file, or a behavior in the folder of vectors.
 * @throws {CaaError} not-found with the closest name; invalid-file; as `oneModelWithVectors`
 */
export async function loadNamedVectors(
  name: string,
  options: NamedVectorsOptions,
  { cwd, env }: Pick<CliDependencies, "cwd" | "env">,
): Promise<VectorsFile> {
  if (name.endsWith(".safetensors") || /[/\\]/.test(name)) {
    const path = resolve(cwd, name);
    return { path, vectors: await loadSteeringVectors(path) };
  }
  const dir = resolve(cwd, options.vectors);
  const there = await listVectors(dir);
  const model = await oneModelWithVectors(options.model, env, there);
  const path = vectorPath(dir, name, model, options.kind);
  if (!(await isFile(path))) {
    const names = [...there].flatMap(([behavior, models]) =>
      models.includes(model) ? behavior : [],
    );
    const { suggest } = await import("@caa/datasets");
    const near = suggest(name, names);
    const hint = near === null || near === name ? "" : ` Did you mean ${near}?`;
    const message = `expected a file or a behavior that has ${options.kind} vectors of ${model}, got ${name}.${hint} There: ${names.join(", ")}`;
    throw new CaaError("not-found", message, { facts: { name, path } });
  }
  return { path, vectors: await loadSteeringVectors(path) };
}
