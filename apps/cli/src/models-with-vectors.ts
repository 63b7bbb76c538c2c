import { basename } from "node:path";
import { CaaError } from "@caa/core";
import type { CliDependencies } from "./dependencies.ts";
import { readVariable } from "./env.ts";
import { modelFileName } from "./options/names.ts";

/**
 * The models, as their files are named, that a command on a folder of vectors is about: the one that was asked for, that
 * of CAA_MODEL, or all.
 * @param there by behavior, as `listVectors` gives them
 * @throws {CaaError} empty-selection without vectors; not-found for a model that has none
 */
export async function modelsWithVectors(
  asked: string | undefined,
  env: CliDependencies["env"],
  there: ReadonlyMap<string, readonly string[]>,
): Promise<readonly string[]> {
  const preset = readVariable(env, "CAA_MODEL");
  const models = [...new Set([...there.values()].flat())].sort();
  if (models.length === 0) {
    const message =
      "expected vectors, got none. Make them: caa vectors generate --model M --data DIR";
    throw new CaaError("empty-selection", message);
  }
  const { SHORT_NAMES } = await import("@caa/llama");
  // Files are named after what a name stands for: the id of a short name, the last part of a path.
  const matches = (name: string): string | undefined => {
    const id = SHORT_NAMES[name.toLowerCase()] ?? name;
    const names = [name, modelFileName(id), modelFileName(basename(name))];
    return models.find((model) => names.includes(model));
  };
  if (asked !== undefined) {
    const found = matches(asked);
    if (found === undefined) {
      const { suggest } = await import("@caa/datasets");
      const near = suggest(modelFileName(asked), models);
      const hint = near === null ? "" : ` Did you mean ${near}?`;
      const message = `--model: expected a model with vectors, got ${asked}.${hint} There: ${models.join(", ")}`;
      throw new CaaError("not-found", message, { facts: { model: asked, models } });
    }
    return [found];
  }
  const found = preset === undefined ? undefined : matches(preset);
  if (found === undefined && preset !== undefined && models.length > 1) {
    const message = `CAA_MODEL: expected a model with vectors, got ${preset}; there: ${models.join(", ")}. Choose one with --model`;
    throw new CaaError("not-found", message, { facts: { model: preset, models } });
  }
  return found === undefined ? models : [found];
}

/** The one model that a command is about. @throws {CaaError} as `modelsWithVectors`; invalid-argument for several */
export async function oneModelWithVectors(
  asked: string | undefined,
  env: CliDependencies["env"],
  there: ReadonlyMap<string, readonly string[]>,
): Promise<string> {
  const [model = "", ...others] = await modelsWithVectors(asked, env, there);
  if (others.length > 0) {
    const message = `--model: expected one model, since several have vectors, got none; there: ${[model, ...others].join(", ")}`;
    throw new CaaError("invalid-argument", message, { facts: { models: [model, ...others] } });
  }
  return model;
}
