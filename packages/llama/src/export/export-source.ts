import { isAbsolute } from "node:path";
import type { ModelInfo } from "@caa/core";
import { cacheDirectory } from "../checkpoint/cache-directory.ts";
import type { Checkpoint } from "../checkpoint/open-checkpoint.ts";
import { findFolder } from "../model/find-folder.ts";
import type { OpenModelOptions } from "../model/open-model.ts";
import { openPrompts } from "../model/open-prompts.ts";
import { openAs } from "../quantize/open-as.ts";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { readLicense } from "./license.ts";

export type OpenExportOptions = Pick<
  OpenModelOptions,
  "dtype" | "token" | "cacheDirectory" | "offline" | "onProgress" | "signal"
>;

/** A model that can be exported: its files are found and checked, its weights are not loaded. */
export interface ExportSource {
  readonly info: ModelInfo;
  /** The commit of a hub model, else null. */
  readonly revision: string | null;
  /** As the model's own card or GGUF file names it; null where neither does. */
  readonly license: string | null;
  readonly checkpoint: Checkpoint;
  readonly tokenizer: Tokenizer;
  /** Where its own card and license are, if it has them. */
  readonly folder: string;
  /** Paths that an export must not be written over. */
  readonly paths: readonly string[];
}

/**
 * Finds and checks a model, named as for `openModel`, to export it.
 * @throws {CaaError} as `openModel`
 */
export async function openExport(
  nameOrPath: string,
  options: OpenExportOptions = {},
): Promise<ExportSource> {
  const { dtype = "float32", signal, onProgress } = options;
  const cacheDir = options.cacheDirectory ?? cacheDirectory(process.env);
  const found = await findFolder(nameOrPath, { ...options, cacheDir });
  const { id, folder, reference, revision } = found;
  const checkpoint = await openAs(folder, dtype, {
    cacheDir,
    signal,
    onProgress: ({ written, total }) => onProgress?.({ stage: "quantize", done: written, total }),
  });
  const { config, hash, quantized } = checkpoint;
  const { tokenizer, style } = await openPrompts(checkpoint, id, {});
  return {
    info: {
      id,
      hash,
      architecture: config.architecture,
      layerCount: config.num_hidden_layers,
      dModel: config.hidden_size,
      vocabularySize: config.vocab_size,
      contextLength: config.max_position_embeddings,
      dtype: quantized ?? "float32",
      device: "cpu",
      promptStyle: style,
    },
    revision,
    license: await readLicense(folder, reference),
    checkpoint,
    tokenizer,
    folder,
    paths: [folder, checkpoint.folder, ...(isAbsolute(reference) ? [reference] : [])],
  };
}
