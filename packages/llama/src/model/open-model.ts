import { CaaError, type SteerableModel } from "@caa/core";
import { hubCacheDirectory } from "@caa/core/hub";
import { cacheDirectory } from "../checkpoint/cache-directory.ts";
import { readJson } from "../checkpoint/files.ts";
import { openCheckpoint } from "../checkpoint/open-checkpoint.ts";
import { openGguf } from "../gguf/open.ts";
import { resolveModel } from "../hub/resolve-model.ts";
import { defaultPromptStyle, type PromptStyle } from "../prompt/prompt-style.ts";
import { openQuantized } from "../quantize/open.ts";
import { chooseDevice, type Device } from "../runtime/device.ts";
import { openTokenizer } from "../tokenizer/tokenizer.ts";
import { WorkerEngine } from "../worker/worker-engine.ts";
import { LlamaModel } from "./llama-model.ts";

/** The largest tokenizers in use take some 30 MB. */
const MAX_TOKENIZER_BYTES = 256 * 1024 * 1024;

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
 * Opens a model from a Hugging Face folder, a GGUF file, a hub id or a short name such as `llama-2-7b-chat`.
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
  const source = await resolveModel(nameOrPath, {
    cacheDir: hubCacheDirectory(process.env),
    token: options.token,
    offline: options.offline,
    signal,
    onProgress: ({ file, loadedBytes, totalBytes }) =>
      onProgress?.({ stage: `download ${file}`, done: loadedBytes, total: totalBytes }),
  });
  if (source.note !== null) {
    onProgress?.({ stage: source.note, done: 1, total: 1 });
  }
  const folder =
    source.kind === "folder"
      ? source.path
      : await openGguf(source.path, {
          cacheDir,
          signal,
          onProgress: ({ written, total }) =>
            onProgress?.({ stage: "convert", done: written, total }),
        });
  const floats = await openCheckpoint(folder, { cacheDir, signal });
  if (floats.quantized !== null && dtype !== "float32" && dtype !== floats.quantized) {
    throw new CaaError(
      "unsupported",
      `${folder}: expected float weights to make ${dtype} of, got ${floats.quantized} blocks`,
      { facts: { folder, expected: dtype, got: floats.quantized } },
    );
  }
  const checkpoint =
    dtype === "float32" || floats.quantized !== null
      ? floats
      : await openCheckpoint(
          await openQuantized(folder, dtype === "q8" ? 8 : 4, {
            cacheDir,
            hash: floats.hash,
            signal,
            onProgress: ({ written, total }) =>
              onProgress?.({ stage: "quantize", done: written, total }),
          }),
          { cacheDir, signal },
        );
  const tokenizer = await openTokenizer({
    tokenizerJson: await readJsonObject(checkpoint.tokenizerJson),
    tokenizerConfig: {
      ...(checkpoint.tokenizerConfig === null
        ? {}
        : await readJsonObject(checkpoint.tokenizerConfig)),
      ...(checkpoint.chatTemplate === null ? {} : { chat_template: checkpoint.chatTemplate }),
    },
  });
  const style =
    options.promptStyle ??
    defaultPromptStyle({ modelId: source.id, chatTemplate: tokenizer.chatTemplate });
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
      id: source.id,
      hash: checkpoint.hash,
      architecture: config.architecture,
      layerCount: config.num_hidden_layers,
      dModel: config.hidden_size,
      vocabularySize: config.vocab_size,
      contextLength: config.max_position_embeddings,
      dtype: checkpoint.quantized ?? (device === "cuda" ? "float16" : "float32"),
      device,
      // The two places of the system block give different prompts, so results must tell them apart.
      promptStyle:
        style === "llama2-chat" && options.systemPosition === "inside"
          ? "llama2-chat-inside"
          : style,
    },
    config,
    engine,
    tokenizer,
    format: {
      style,
      ...(options.systemPosition === undefined ? {} : { systemPosition: options.systemPosition }),
    },
  });
}

async function readJsonObject(file: string): Promise<object> {
  const value = await readJson(file, MAX_TOKENIZER_BYTES);
  if (typeof value !== "object" || value === null) {
    throw new CaaError("invalid-file", `${file}: expected a JSON object`);
  }
  return value;
}
