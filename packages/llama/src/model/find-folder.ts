import { CaaError } from "@caa/core";
import { hubCacheDirectory } from "@caa/core/hub";
import { existsSync } from "node:fs";
import { isAdapter, openAdapter } from "../adapter/open-adapter.ts";
import { readAdapterConfig } from "../adapter/adapter-config.ts";
import { openGguf } from "../gguf/open.ts";
import { resolveModel } from "../hub/resolve-model.ts";
import { PHANTOM, phantomFolder } from "../phantom/phantom-folder.ts";
import type { OpenModelOptions } from "./open-model.ts";

export interface FoundModel {
  /** Hub id, or the name of the folder or file. */
  readonly id: string;
  /** What opens it again from any working folder: a hub id or an absolute path. */
  readonly reference: string;
  /** The commit of a hub model, else null. */
  readonly revision: string | null;
  /** A Hugging Face folder with float weights, unless it was quantized before. */
  readonly folder: string;
}

export type FindFolderOptions = Pick<
  OpenModelOptions,
  "token" | "offline" | "onProgress" | "signal"
> & {
  /** Where converted and merged folders are kept. */
  readonly cacheDir: string;
};

/**
 * The Hugging Face folder of a model, however it is named: a hub model is downloaded, a GGUF file converted, a LoRA adapter
 * merged into its base model, each once and then kept.
 *
 * @throws {CaaError} as `openModel`
 */
export async function findFolder(
  nameOrPath: string,
  options: FindFolderOptions,
): Promise<FoundModel> {
  if (nameOrPath === PHANTOM) {
    return { id: PHANTOM, reference: PHANTOM, revision: null, folder: phantomFolder() };
  }
  const { cacheDir, token, offline, onProgress, signal } = options;
  const source = await resolveModel(nameOrPath, {
    cacheDir: hubCacheDirectory(process.env),
    token,
    offline,
    signal,
    onProgress: ({ file, loadedBytes, totalBytes }) =>
      onProgress?.({ stage: `download ${file}`, done: loadedBytes, total: totalBytes }),
  });
  if (source.note !== null) {
    onProgress?.({ stage: source.note, done: 1, total: 1 });
  }
  const { id, path, commit: revision } = source;
  const reference = source.commit === null ? path : id;
  if (source.kind === "gguf") {
    const folder = await openGguf(path, {
      cacheDir,
      signal,
      onProgress: ({ written, total }) => onProgress?.({ stage: "convert", done: written, total }),
    });
    return { id, reference, revision, folder };
  }
  if (await isAdapter(path)) {
    const { base_model_name_or_path: name, revision: commit } = await readAdapterConfig(path);
    if (await isAdapter(name)) {
      throw new CaaError(
        "unsupported",
        `${path}: expected an adapter of a model, got one of the adapter ${name}`,
        { facts: { adapter: path, base: name } },
      );
    }
    // Without its revision an adapter of an earlier commit would be added to the weights of today.
    const isLocal = commit === null || name.includes("@") || existsSync(name);
    const base = await findFolder(isLocal ? name : `${name}@${commit}`, options);
    onProgress?.({ stage: "merge", done: 0, total: 1 });
    const folder = await openAdapter(base.folder, path, { cacheDir, signal });
    return { id, reference, revision, folder };
  }
  return { id, reference, revision, folder: path };
}
