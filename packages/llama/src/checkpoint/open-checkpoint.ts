import { CaaError } from "@caa/core";
import { ioError, statOrUndefined } from "@caa/core/files";
import { createHash } from "node:crypto";
import { readdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { z } from "zod";
import { parseLlamaConfig, type LlamaConfig } from "../config/llama-config.ts";
import type { WeightTable } from "../graph/weights.ts";
import { defaultChatTemplate, parseTokenizerConfig } from "../tokenizer/tokenizer-files.ts";
import { checkWeights } from "./check-weights.ts";
import { contentHash, type HashOptions } from "./content-hash.ts";
import { isFile, readJson, readText } from "./files.ts";
import { readWeights } from "./safetensors-files.ts";

/** Far above any configuration or chat template in use. */
const MAX_CONFIG_BYTES = 1024 * 1024;
/** Tokenizer configurations list thousands of added tokens. */
const MAX_TOKENIZER_CONFIG_BYTES = 64 * 1024 * 1024;

/** A Hugging Face model folder, checked. */
export interface Checkpoint {
  /** Absolute. */
  readonly folder: string;
  readonly config: LlamaConfig;
  /** Exactly the weights that the model reads, where they lie. */
  readonly tensors: WeightTable;
  /** The block type of a folder that was quantized; null for float weights. */
  readonly quantized: "q8" | "q4" | null;
  /** Path of `tokenizer.json`. */
  readonly tokenizerJson: string;
  /** Path of `tokenizer_config.json`; null when there is none. */
  readonly tokenizerConfig: string | null;
  /** Tokens that end a generation: those of `generation_config.json`, else of `config.json`. */
  readonly eosTokenIds: readonly number[];
  /** Jinja source: `chat_template.jinja`, else the one in `tokenizer_config.json`; null when there is none. */
  readonly chatTemplate: string | null;
  /** SHA-256, hex, over the names and contents of `files`. */
  readonly hash: string;
  /** Names of the files, within the folder, that make the model what it is; sorted. */
  readonly files: readonly string[];
}

const tokenId = z.number().int().min(0).max(10_000_000);
const generationSchema = z.object({
  eos_token_id: z.union([tokenId, z.array(tokenId).max(64)]).nullish(),
});

/**
 * Opens a Hugging Face model folder: configuration, tokenizer files and safetensors weights, in one file or in shards.
 * Nothing but headers is read of the weights, except for the hash.
 *
 * @throws {CaaError} `not-found` for a missing folder, file or tensor; `invalid-file`; `shape-mismatch`; `unsupported` for
 * another architecture, pickled weights or a type that is no float; `io`; `aborted`
 */
export async function openCheckpoint(
  folder: string,
  options: HashOptions = {},
): Promise<Checkpoint> {
  const root = resolve(folder);
  if ((await statOrUndefined(root))?.isDirectory() !== true) {
    throw new CaaError("not-found", `${root}: expected a model folder, there is none`);
  }
  const at = (name: string): string => join(root, name);
  const configJson = await readJson(at("config.json"), MAX_CONFIG_BYTES);
  if (configJson === undefined) {
    throw new CaaError("not-found", `${root}: expected config.json, ${await contents(root)}`);
  }
  const config = parseLlamaConfig(configJson);
  const weights = (await readWeights(root)) ?? (await refuseWithoutWeights(root));
  const tensors = checkWeights(config, weights.tensors);
  if (!(await isFile(at("tokenizer.json")))) {
    throw new CaaError("not-found", await withoutTokenizer(root));
  }
  const tokenizerConfig = await readJson(at("tokenizer_config.json"), MAX_TOKENIZER_CONFIG_BYTES);
  const template = await readText(at("chat_template.jinja"), MAX_CONFIG_BYTES);
  const optional = ["generation_config.json", "tokenizer_config.json", "chat_template.jinja"];
  const files = ["config.json", "tokenizer.json", ...weights.files];
  for (const name of optional) {
    if (await isFile(at(name))) {
      files.push(name);
    }
  }
  files.sort();
  return {
    folder: root,
    config,
    tensors,
    quantized: blockType(tensors),
    tokenizerJson: at("tokenizer.json"),
    tokenizerConfig: tokenizerConfig === undefined ? null : at("tokenizer_config.json"),
    eosTokenIds: (await generationEos(at("generation_config.json"))) ?? config.eos_token_ids,
    chatTemplate:
      template ??
      (tokenizerConfig === undefined
        ? null
        : defaultChatTemplate(parseTokenizerConfig(tokenizerConfig))),
    hash: await modelHash(root, files, options),
    files,
  };
}

/** By the bytes of a block of 32 weights. */
function blockType(tensors: WeightTable): "q8" | "q4" | null {
  const blocks = tensors.get("model.embed_tokens.weight.blocks");
  return blocks === undefined ? null : blocks.shape.at(-1) === 32 ? "q8" : "q4";
}

/** Names are hashed too, so that swapped contents differ; the JSON keeps names and hashes apart. */
async function modelHash(
  root: string,
  files: readonly string[],
  options: HashOptions,
): Promise<string> {
  const parts: [string, string][] = [];
  for (const name of files) {
    parts.push([name, await contentHash(join(root, name), options)]);
  }
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex");
}

async function generationEos(path: string): Promise<readonly number[] | undefined> {
  const json = await readJson(path, MAX_CONFIG_BYTES);
  if (json === undefined) {
    return undefined;
  }
  const parsed = generationSchema.safeParse(json);
  if (!parsed.success) {
    throw new CaaError("invalid-file", `generation_config.json: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
    });
  }
  const ids = parsed.data.eos_token_id;
  return ids === undefined || ids === null ? undefined : [ids].flat();
}

async function refuseWithoutWeights(root: string): Promise<never> {
  const names = await list(root);
  if (names.some((name) => /\.(bin|pth|pt|ckpt)$/.test(name))) {
    throw new CaaError(
      "unsupported",
      `${root}: expected safetensors weights, got pickled ones, which can run code when opened; convert them with save_pretrained(..., safe_serialization=True)`,
    );
  }
  if (names.includes("adapter_model.safetensors")) {
    throw new CaaError(
      "unsupported",
      `${root}: expected a whole model, got an adapter; merge it into its base model first`,
    );
  }
  throw new CaaError(
    "not-found",
    `${root}: expected model.safetensors or its index, ${await contents(root)}`,
  );
}

async function withoutTokenizer(root: string): Promise<string> {
  const hint = (await isFile(join(root, "tokenizer.model")))
    ? "got only tokenizer.model; AutoTokenizer.from_pretrained(...).save_pretrained(...) writes the other"
    : await contents(root);
  return `${root}: expected tokenizer.json, ${hint}`;
}

/** What a folder has, for a message. */
async function contents(root: string): Promise<string> {
  const names = await list(root);
  const gguf = names.find((name) => name.endsWith(".gguf"));
  if (gguf !== undefined) {
    return `got ${gguf}: open that file itself`;
  }
  return names.length === 0
    ? "the folder is empty"
    : `got ${names.slice(0, 8).join(", ")}${names.length > 8 ? ", ..." : ""}`;
}

async function list(root: string): Promise<string[]> {
  try {
    return (await readdir(root)).sort();
  } catch (error) {
    throw ioError(root, error);
  }
}
