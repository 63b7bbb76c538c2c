import { CaaError } from "@caa/core";
import type { ModelFacts } from "@caa/llama";

export interface ImportModelOptions {
  /** Folder, GGUF file, hub id or short name of a model on this machine. */
  readonly model?: string;
  /** The name alone. */
  readonly modelId?: string;
}

/** The model that vectors are imported for; what its configuration does not tell is missing. */
export type ImportModel = Pick<ModelFacts, "id"> & Partial<ModelFacts>;

/**
 * The model that the options name; undefined without any, as for files that say it themselves. Its weights are not opened.
 * CAA_MODEL is not asked, since whose vectors they are is to be said, not guessed.
 * @throws {CaaError} not-found for a model that is not on this machine
 */
export async function modelOfImport({
  model,
  modelId,
}: ImportModelOptions): Promise<ImportModel | undefined> {
  const { readModelFacts, SHORT_NAMES } = await import("@caa/llama");
  if (modelId !== undefined) {
    if (model !== undefined) {
      const message = `--model-id: expected no --model beside it, got ${model}`;
      throw new CaaError("invalid-argument", message);
    }
    return { id: SHORT_NAMES[modelId.toLowerCase()] ?? modelId };
  }
  if (model === undefined) {
    return undefined;
  }
  const facts = await readModelFacts(model);
  if (facts === null) {
    const message = `--model: expected a model on this machine, got ${model}, which is not in the hub's cache; --model-id ${model} goes by its name alone`;
    throw new CaaError("not-found", message, { facts: { model } });
  }
  return facts;
}
