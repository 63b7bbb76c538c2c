import type { SteerableModel } from "@caa/core";
import { cacheDirectory } from "../checkpoint/cache-directory.ts";
import type { PromptStyle } from "../prompt/prompt-style.ts";
import { openAs } from "../quantize/open-as.ts";
import { chooseDevice, type Device } from "../runtime/device.ts";
import { WorkerEngine } from "../worker/worker-engine.ts";
import { findFolder } from "./find-folder.ts";
import { LlamaModel } from "./llama-model.ts";
import { openPrompts } from "./open-prompts.ts";

/** How far the opening of a model is. */
export interface OpenProgress {
  readonly stage: string;
  /** In bytes where `total` is more than 1. */
  readonly done: number;
  readonly total: number;
}

export interface OpenModelOptions {
  /** @default "auto": CUDA where its provider is installed, else the CPU */
  readonly device?: Device | undefined;
  /**
   * `float32` is float16 on CUDA. `q8`, `q4`: weights as 8-bit or 4-bit blocks, made once and kept in the cache folder.
   * @default "float32"
   */
  readonly dtype?: "float32" | "q8" | "q4" | undefined;
  /** @default what the model was trained with; see `defaultPromptStyle` */
  readonly promptStyle?: PromptStyle | undefined;
  /** Where llama2-chat puts the system block: before `[INST]`, as the reference does, or inside. @default "before" */
  readonly systemPosition?: "before" | "inside" | undefined;
  /** @default one a physical core */
  readonly threads?: number | undefined;
  /** Token of the hub, for gated and private models. It reaches no log and no result. */
  readonly token?: string | undefined;
  /** Where converted models and hashes are kept. @default `$CAA_CACHE`, or `caa` in the user's cache folder */
  readonly cacheDirectory?: string | undefined;
  /** Use what is on disk alone. @default false */
  readonly offline?: boolean | undefined;
  readonly onProgress?: ((event: OpenProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a model from a Hugging Face folder, a GGUF file, a LoRA adapter, a hub id or a short name such as
 * `llama-2-7b-chat`.
 *
 * @throws {CaaError} `not-found`, `access-denied`, `download-failed`, `invalid-file`, `unsupported`, `device`, `io`,
 * `aborted`
 */
export async function openModel(
  nameOrPath: string,
  options: OpenModelOptions = {},
): Promise<SteerableModel> {
  const { signal, onProgress, dtype = "float32" } = options;
  const device = chooseDevice(options.device ?? "auto");
  const cacheDir = options.cacheDirectory ?? cacheDirectory(process.env);
  const { id, folder } = await findFolder(nameOrPath, { ...options, cacheDir });
  const checkpoint = await openAs(folder, dtype, {
    cacheDir,
    signal,
    onProgress: ({ written, total }) => onProgress?.({ stage: "quantize", done: written, total }),
  });
  const { tokenizer, format, style } = await openPrompts(checkpoint, id, options);
  const config = {
    ...checkpoint.config,
    eos_token_ids: [...new Set([...checkpoint.eosTokenIds, ...tokenizer.eosIds])],
  };
  onProgress?.({ stage: "load", done: 0, total: 1 });
  const engine = await WorkerEngine.open(
    config,
    checkpoint.tensors,
    { threads: options.threads, device, precision: device === "cuda" ? "float16" : "float32" },
    signal,
  );
  onProgress?.({ stage: "load", done: 1, total: 1 });
  return new LlamaModel({
    info: {
      id,
      hash: checkpoint.hash,
      architecture: config.architecture,
      layerCount: config.num_hidden_layers,
      dModel: config.hidden_size,
      vocabularySize: config.vocab_size,
      contextLength: config.max_position_embeddings,
      dtype: checkpoint.quantized ?? (device === "cuda" ? "float16" : "float32"),
      device,
      promptStyle: style,
    },
    config,
    engine,
    tokenizer,
    format,
  });
}
