import { CaaError } from "@caa/core";
import { z } from "zod";

/** How rotary positions are stretched beyond the context a model was trained with. */
export type RopeScaling =
  | { readonly type: "linear"; readonly factor: number }
  | {
      readonly type: "llama3";
      readonly factor: number;
      readonly low_freq_factor: number;
      readonly high_freq_factor: number;
      readonly original_max_position_embeddings: number;
    };

/** A model's shape; keys equal those of Hugging Face's `config.json`, with its defaults filled in. */
export interface LlamaConfig {
  readonly architecture: SupportedArchitecture;
  readonly hidden_size: number;
  readonly intermediate_size: number;
  readonly num_hidden_layers: number;
  readonly num_attention_heads: number;
  readonly num_key_value_heads: number;
  readonly head_dim: number;
  readonly vocab_size: number;
  /** The context, in tokens. */
  readonly max_position_embeddings: number;
  readonly rms_norm_eps: number;
  readonly rope_theta: number;
  readonly rope_scaling: RopeScaling | null;
  readonly tie_word_embeddings: boolean;
  /** Biases on the query, key and value projections. */
  readonly attention_bias: boolean;
  /** A bias on the attention's output projection too. */
  readonly attention_output_bias: boolean;
  readonly mlp_bias: boolean;
  readonly bos_token_id: number | null;
  readonly eos_token_ids: readonly number[];
  readonly pad_token_id: number | null;
}

const supported = ["LlamaForCausalLM", "MistralForCausalLM", "Qwen2ForCausalLM"] as const;
export type SupportedArchitecture = (typeof supported)[number];

// Bounds far above every known model: a header that asks for more is damaged or hostile.
const size = (max: number): z.ZodNumber => z.number().int().min(1).max(max);
const tokenId = z.number().int().min(0).max(10_000_000);
const factor = z.number().positive().max(1e6);

const scalingSchema = z.object({
  type: z.string().optional(),
  rope_type: z.string().optional(),
  factor: factor.optional(),
  low_freq_factor: factor.optional(),
  high_freq_factor: factor.optional(),
  original_max_position_embeddings: size(1e8).optional(),
  rope_theta: z.number().positive().max(1e12).optional(),
});

const configSchema = z.object({
  architectures: z.array(z.string()).min(1),
  hidden_size: size(65_536),
  intermediate_size: size(1_000_000),
  num_hidden_layers: size(1000),
  num_attention_heads: size(4096),
  num_key_value_heads: size(4096).nullish(),
  head_dim: size(4096).nullish(),
  vocab_size: size(10_000_000),
  max_position_embeddings: size(100_000_000).default(2048),
  rms_norm_eps: z.number().positive().max(1).default(1e-6),
  rope_theta: z.number().positive().max(1e12).optional(),
  rope_scaling: scalingSchema.nullish(),
  rope_parameters: scalingSchema.nullish(),
  tie_word_embeddings: z.boolean().optional(),
  attention_bias: z.boolean().default(false),
  mlp_bias: z.boolean().default(false),
  hidden_act: z.string().default("silu"),
  sliding_window: z.number().int().positive().nullish(),
  use_sliding_window: z.boolean().optional(),
  bos_token_id: tokenId.nullish(),
  eos_token_id: z.union([tokenId, z.array(tokenId).max(64)]).nullish(),
  // -1 in old configurations: none.
  pad_token_id: tokenId.or(z.literal(-1)).nullish(),
  partial_rotary_factor: z.number().nullish(),
  quantization_config: z.unknown().optional(),
});

/**
 * Reads a parsed `config.json`.
 * @throws {CaaError} `invalid-file` for a missing or impossible value, `unsupported` for an architecture or option that
 * this project does not compute: it is refused by name rather than run wrong.
 */
export function parseLlamaConfig(json: unknown): LlamaConfig {
  const parsed = configSchema.safeParse(json);
  if (!parsed.success) {
    throw new CaaError("invalid-file", `config.json: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
    });
  }
  const raw = parsed.data;
  const architecture = supported.find((name) => name === raw.architectures[0]);
  if (architecture === undefined) {
    refuse("architecture", raw.architectures[0], supported.join(", "));
  }
  if (raw.hidden_act !== "silu") {
    refuse("hidden_act", raw.hidden_act, "silu");
  }
  if (raw.quantization_config !== undefined && raw.quantization_config !== null) {
    refuse(
      "quantization_config",
      "present",
      "plain float32, float16 or bfloat16 weights, or a GGUF file",
    );
  }
  if (raw.use_sliding_window === true) {
    refuse("use_sliding_window", "true", "full attention");
  }
  if ((raw.partial_rotary_factor ?? 1) !== 1) {
    refuse("partial_rotary_factor", String(raw.partial_rotary_factor), "1");
  }
  const qwen = architecture === "Qwen2ForCausalLM";
  const heads = raw.num_attention_heads;
  const kvHeads = raw.num_key_value_heads ?? heads;
  const headDim = raw.head_dim ?? raw.hidden_size / heads;
  if (heads % kvHeads !== 0 || !Number.isInteger(headDim) || headDim % 2 !== 0) {
    throw new CaaError(
      "invalid-file",
      `config.json: ${heads} query heads, ${kvHeads} key-value heads of ${headDim} values do not fit together`,
    );
  }
  // Within the window sliding attention is full attention, so Mistral's context ends there. The others have no window.
  const window = architecture === "MistralForCausalLM" ? mistralWindow(raw.sliding_window) : null;
  // Only Llama's own block reads these options; Mistral has no biases, Qwen2 those on query, key and value.
  const llama = architecture === "LlamaForCausalLM";
  return {
    architecture,
    hidden_size: raw.hidden_size,
    intermediate_size: raw.intermediate_size,
    num_hidden_layers: raw.num_hidden_layers,
    num_attention_heads: heads,
    num_key_value_heads: kvHeads,
    head_dim: headDim,
    vocab_size: raw.vocab_size,
    max_position_embeddings: Math.min(
      raw.max_position_embeddings,
      window ?? Number.POSITIVE_INFINITY,
    ),
    rms_norm_eps: raw.rms_norm_eps,
    rope_theta: raw.rope_theta ?? raw.rope_parameters?.rope_theta ?? 10_000,
    rope_scaling: ropeScaling(raw.rope_scaling ?? raw.rope_parameters ?? null),
    tie_word_embeddings: raw.tie_word_embeddings ?? false,
    attention_bias: qwen || (llama && raw.attention_bias),
    attention_output_bias: llama && raw.attention_bias,
    mlp_bias: llama && raw.mlp_bias,
    bos_token_id: raw.bos_token_id ?? null,
    eos_token_ids: [raw.eos_token_id ?? []].flat(),
    pad_token_id: raw.pad_token_id === -1 ? null : (raw.pad_token_id ?? null),
  };
}

/** Hugging Face's default where the key is absent; null turns the window off. */
function mistralWindow(window: number | null | undefined): number | null {
  return window === undefined ? 4096 : window;
}

function ropeScaling(raw: z.infer<typeof scalingSchema> | null): RopeScaling | null {
  const type = raw?.rope_type ?? raw?.type ?? "default";
  if (raw === null || type === "default") {
    return null;
  }
  const { factor: by, low_freq_factor, high_freq_factor, original_max_position_embeddings } = raw;
  if (type === "linear") {
    if (by === undefined) {
      throw new CaaError(
        "invalid-file",
        "config.json: rope scaling linear needs its factor, it is missing",
      );
    }
    return { type, factor: by };
  }
  if (type === "llama3") {
    if (
      by === undefined ||
      low_freq_factor === undefined ||
      high_freq_factor === undefined ||
      original_max_position_embeddings === undefined
    ) {
      throw new CaaError(
        "invalid-file",
        "config.json: rope scaling llama3 needs its four numbers, some are missing",
      );
    }
    return {
      type,
      factor: by,
      low_freq_factor,
      high_freq_factor,
      original_max_position_embeddings,
    };
  }
  return refuse("rope_scaling", type, "default, linear, llama3");
}

function refuse(what: string, got: string | undefined, expected: string): never {
  throw new CaaError(
    "unsupported",
    `config.json: ${what} "${got}" is not supported; supported: ${expected}`,
    {
      facts: { what, got, expected },
    },
  );
}
