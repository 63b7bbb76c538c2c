import {
  type GgufHeader,
  type GgufMetadata,
  invalidGguf,
  optionalNumber,
  optionalString,
  requiredNumber,
  requiredString,
  unsupportedGguf,
} from "@caa/core/gguf";
import type { RopeScaling } from "../config/llama-config.ts";
import { llama3Scaling } from "./rope-frequencies.ts";

export type GgufArchitecture = "llama" | "qwen2";

/** Keys of variants of the architecture that compute something else, with the value that means "not so". */
const variants: readonly (readonly [key: string, neutral: number])[] = [
  ["expert_count", 0],
  ["attention.clamp_kqv", 0],
  ["attention.scale", 0],
  ["logit_scale", 0],
  ["embedding_scale", 0],
  ["residual_scale", 0],
  ["attn_logit_softcapping", 0],
  ["final_logit_softcapping", 0],
];

export function ggufArchitecture(metadata: GgufMetadata): GgufArchitecture {
  const name = requiredString(metadata, "general.architecture");
  if (name !== "llama" && name !== "qwen2") {
    throw unsupportedGguf(`architecture "${name}" is not supported; supported: llama, qwen2`, {
      architecture: name,
    });
  }
  return name;
}

/**
 * What `config.json` says of a GGUF file's model. Mistral comes as `llama`.
 *
 * @param ropeFrequencies the values of `rope_freqs.weight`, where the file has it
 * @throws {CaaError} `invalid-file` for missing values, `unsupported` for a variant that is not computed
 */
export function modelConfig(
  header: Pick<GgufHeader, "metadata" | "tensors">,
  ropeFrequencies: Float32Array | undefined,
): Readonly<Record<string, unknown>> {
  const { metadata, tensors } = header;
  const architecture = ggufArchitecture(metadata);
  const key = (name: string): string => `${architecture}.${name}`;
  for (const [name, neutral] of variants) {
    const value = optionalNumber(metadata, key(name)) ?? neutral;
    if (value !== neutral) {
      throw unsupportedGguf(`${key(name)} = ${value} is not supported`, { key: key(name), value });
    }
  }
  const hidden = requiredNumber(metadata, key("embedding_length"));
  const heads = requiredNumber(metadata, key("attention.head_count"));
  const headDim = optionalNumber(metadata, key("attention.key_length")) ?? hidden / heads;
  for (const name of ["attention.value_length", "rope.dimension_count"]) {
    const value = optionalNumber(metadata, key(name)) ?? headDim;
    if (value !== headDim) {
      throw unsupportedGguf(`${key(name)} = ${value} differs from the size of a head, ${headDim}`);
    }
  }
  const ropeTheta = optionalNumber(metadata, key("rope.freq_base")) ?? 10_000;
  const scaling = ropeScaling(metadata, key, ropeFrequencies, ropeTheta, headDim);
  const window = architecture === "llama" ? slidingWindow(metadata, key) : undefined;
  const names =
    architecture === "qwen2"
      ? { architectures: ["Qwen2ForCausalLM"], model_type: "qwen2" }
      : window === undefined
        ? { architectures: ["LlamaForCausalLM"], model_type: "llama" }
        : { architectures: ["MistralForCausalLM"], model_type: "mistral", sliding_window: window };
  return {
    ...names,
    ...(architecture === "llama" && biases(tensors)),
    hidden_act: "silu",
    hidden_size: hidden,
    intermediate_size: requiredNumber(metadata, key("feed_forward_length")),
    num_hidden_layers: requiredNumber(metadata, key("block_count")),
    num_attention_heads: heads,
    num_key_value_heads: optionalNumber(metadata, key("attention.head_count_kv")) ?? heads,
    head_dim: headDim,
    vocab_size: vocabularySize(tensors),
    max_position_embeddings: requiredNumber(metadata, key("context_length")),
    rms_norm_eps: requiredNumber(metadata, key("attention.layer_norm_rms_epsilon")),
    rope_theta: ropeTheta,
    rope_scaling: scaling === null ? null : { ...scaling, rope_type: scaling.type },
    tie_word_embeddings: !tensors.has("output.weight"),
    torch_dtype: "float32",
    bos_token_id: optionalNumber(metadata, "tokenizer.ggml.bos_token_id") ?? null,
    eos_token_id: optionalNumber(metadata, "tokenizer.ggml.eos_token_id") ?? null,
    pad_token_id: optionalNumber(metadata, "tokenizer.ggml.padding_token_id") ?? null,
  };
}

/** Tokens that end a text, or a turn where that is another one. */
export function generationConfig(metadata: GgufMetadata): Readonly<Record<string, unknown>> {
  const keys = ["eos_token_id", "eot_token_id", "eom_token_id"];
  const ids = keys.map((name) => optionalNumber(metadata, `tokenizer.ggml.${name}`));
  const ends = [...new Set(ids.filter((id) => id !== undefined))];
  const bos = optionalNumber(metadata, "tokenizer.ggml.bos_token_id");
  const pad = optionalNumber(metadata, "tokenizer.ggml.padding_token_id");
  return {
    ...(bos !== undefined && { bos_token_id: bos }),
    ...(ends.length > 0 && { eos_token_id: ends.length === 1 ? ends[0] : ends }),
    ...(pad !== undefined && { pad_token_id: pad }),
  };
}

function ropeScaling(
  metadata: GgufMetadata,
  key: (name: string) => string,
  frequencies: Float32Array | undefined,
  ropeTheta: number,
  headDim: number,
): RopeScaling | null {
  // Older files have only the factor, under another key.
  const linear = optionalNumber(metadata, key("rope.scale_linear")) ?? 1;
  const type =
    optionalString(metadata, key("rope.scaling.type")) ?? (linear === 1 ? "none" : "linear");
  if (frequencies !== undefined) {
    if (type !== "none") {
      throw unsupportedGguf(`rope_freqs.weight together with rope scaling "${type}"`);
    }
    if (frequencies.length * 2 !== headDim) {
      throw invalidGguf(
        `rope_freqs.weight has ${frequencies.length} values, expected ${headDim / 2}`,
      );
    }
    return llama3Scaling(frequencies, ropeTheta);
  }
  if (type === "none") {
    return null;
  }
  if (type !== "linear") {
    throw unsupportedGguf(
      `rope scaling "${type}" is not supported; supported: none, linear, llama3`,
    );
  }
  const factor = optionalNumber(metadata, key("rope.scaling.factor")) ?? linear;
  return factor === 1 || factor === 0 ? null : { type, factor };
}

function slidingWindow(metadata: GgufMetadata, key: (name: string) => string): number | undefined {
  const window = optionalNumber(metadata, key("attention.sliding_window")) ?? 0;
  return window === 0 ? undefined : window;
}

/** Hugging Face has one switch for the four biases of attention and one for the three of the MLP. */
function biases(tensors: GgufHeader["tensors"]): { attention_bias: boolean; mlp_bias: boolean } {
  const all = (names: readonly string[]): boolean => {
    const present = names.filter((name) => tensors.has(`blk.0.${name}.bias`));
    if (present.length !== 0 && present.length !== names.length) {
      throw unsupportedGguf(`biases on ${present.join(", ")} alone, of ${names.join(", ")}`);
    }
    return present.length > 0;
  };
  return {
    attention_bias: all(["attn_q", "attn_k", "attn_v", "attn_output"]),
    mlp_bias: all(["ffn_gate", "ffn_up", "ffn_down"]),
  };
}

function vocabularySize(tensors: GgufHeader["tensors"]): number {
  const size = tensors.get("token_embd.weight")?.shape[0];
  if (size === undefined) {
    throw invalidGguf('there is no tensor "token_embd.weight": the file holds no language model');
  }
  return size;
}
