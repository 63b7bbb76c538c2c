import { CaaError, type ModelInfo } from "@caa/core";
import { ioError } from "@caa/core/files";
import { HubCache, hubCacheDirectory } from "@caa/core/hub";
import { readGgufHeader } from "@caa/core/gguf";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { readAdapterConfig } from "../adapter/adapter-config.ts";
import { isAdapter } from "../adapter/open-adapter.ts";
import { readJson } from "../checkpoint/files.ts";
import { parseLlamaConfig } from "../config/llama-config.ts";
import { readGgufConfig } from "../gguf/convert.ts";
import { parseModelId } from "../hub/model-id.ts";
import { localModel } from "../hub/resolve-model.ts";
import { PHANTOM, phantomFolder } from "../phantom/phantom-folder.ts";

/** What a model's configuration alone tells of it. */
export type ModelFacts = Pick<ModelInfo, "id" | "architecture" | "layerCount" | "dModel">;

const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * What a model is, without its weights: nothing but its configuration, or the header of its GGUF file, is read, and
 * nothing is fetched.
 * @returns null for a model of the hub that is not on this machine
 * @throws {CaaError} `not-found` for what is neither on this machine nor a name on the hub; `invalid-file`, `unsupported`, `io`
 */
export async function readModelFacts(nameOrPath: string): Promise<ModelFacts | null> {
  if (nameOrPath === PHANTOM) {
    return await ofFolder(PHANTOM, phantomFolder());
  }
  const local = await localModel(nameOrPath);
  if (local?.kind === "gguf") {
    return await ofGguf(local.id, local.path);
  }
  if (local !== undefined) {
    if (await isAdapter(local.path)) {
      const { base_model_name_or_path: base } = await readAdapterConfig(local.path);
      const facts = await readModelFacts(base);
      return facts && { ...facts, id: local.id };
    }
    return await ofFolder(local.id, local.path);
  }
  const model = parseModelId(nameOrPath);
  if (model === undefined) {
    const message = `model "${nameOrPath}": expected a folder, a .gguf file or a hub id, got none`;
    throw new CaaError("not-found", message, { facts: { name: nameOrPath } });
  }
  const cache = new HubCache(hubCacheDirectory(process.env), model);
  const commit = await cache.commit(model.revision);
  const config = commit && (await readJson(join(cache.snapshot(commit), CONFIG), MAX_CONFIG_BYTES));
  return config === undefined || commit === undefined ? null : factsOf(model.id, config);
}

const CONFIG = "config.json";

async function ofFolder(id: string, folder: string): Promise<ModelFacts> {
  const config = await readJson(join(folder, CONFIG), MAX_CONFIG_BYTES);
  if (config === undefined) {
    const message = `${folder}: expected a model folder with ${CONFIG}, got none`;
    throw new CaaError("not-found", message, { facts: { folder } });
  }
  return factsOf(id, config);
}

async function ofGguf(id: string, path: string): Promise<ModelFacts> {
  try {
    await using file = await open(path, "r");
    return factsOf(id, await readGgufConfig(file, await readGgufHeader(file)));
  } catch (error) {
    throw ioError(path, error);
  }
}

function factsOf(id: string, json: unknown): ModelFacts {
  const { architecture, num_hidden_layers, hidden_size } = parseLlamaConfig(json);
  return { id, architecture, layerCount: num_hidden_layers, dModel: hidden_size };
}
