import { type GgufHeader, type GgufTensor, invalidGguf, unsupportedGguf } from "@caa/core/gguf";
import { parseLlamaConfig } from "../config/llama-config.ts";
import { expectedWeights } from "../checkpoint/check-weights.ts";
import type { GgufArchitecture } from "./model-config.ts";

/** One tensor of the folder to write, and where its values are. */
export interface PlannedTensor {
  /** Hugging Face's name. */
  readonly name: string;
  readonly source: GgufTensor;
  /**
   * Rows of one attention head whose two halves are interleaved in the file, 0 where rows are in order: row 2j + t of a
   * head is row t * size / 2 + j.
   */
  readonly interleavedRows: number;
}

const outside: ReadonlyMap<string, string> = new Map([
  ["model.embed_tokens", "token_embd"],
  ["model.norm", "output_norm"],
  ["lm_head", "output"],
]);
const inside: ReadonlyMap<string, string> = new Map([
  ["input_layernorm", "attn_norm"],
  ["self_attn.q_proj", "attn_q"],
  ["self_attn.k_proj", "attn_k"],
  ["self_attn.v_proj", "attn_v"],
  ["self_attn.o_proj", "attn_output"],
  ["post_attention_layernorm", "ffn_norm"],
  ["mlp.gate_proj", "ffn_gate"],
  ["mlp.up_proj", "ffn_up"],
  ["mlp.down_proj", "ffn_down"],
]);

/** Read before, for the configuration. */
export const ROPE_FREQUENCIES = "rope_freqs.weight";

/**
 * Every weight of the model by its Hugging Face name, in the order of the forward pass.
 *
 * @param config what `modelConfig` made of the same header
 * @throws {CaaError} `invalid-file` for a missing tensor or one of another shape, `unsupported` for one that no weight
 * of the model is read from: the model would be run wrong without it
 */
export function planTensors(
  tensors: GgufHeader["tensors"],
  config: Readonly<Record<string, unknown>>,
  architecture: GgufArchitecture,
): readonly PlannedTensor[] {
  const parsed = parseLlamaConfig(config);
  const unread = new Set(tensors.keys());
  unread.delete(ROPE_FREQUENCIES);
  const planned = new Array<PlannedTensor>();
  for (const [name, shape] of expectedWeights(parsed)) {
    const stored = ggufName(name);
    const source = tensors.get(stored);
    if (source === undefined) {
      throw invalidGguf(`there is no tensor "${stored}"`, { tensor: stored });
    }
    if (source.shape.join() !== shape.join()) {
      throw invalidGguf(
        `tensor "${stored}" is [${source.shape.join(", ")}], the metadata make it [${shape.join(", ")}]`,
        { tensor: stored, expected: shape, got: source.shape },
      );
    }
    unread.delete(stored);
    const interleaved = architecture === "llama" && /\.[qk]_proj\./.test(name);
    planned.push({ name, source, interleavedRows: interleaved ? parsed.head_dim : 0 });
  }
  const [first] = unread;
  if (first !== undefined) {
    throw unsupportedGguf(`tensor "${first}" belongs to no supported model`, { tensor: first });
  }
  return planned;
}

function ggufName(name: string): string {
  const dot = name.lastIndexOf(".");
  const [stem, kind] = [name.slice(0, dot), name.slice(dot + 1)];
  const [, layer, part] = /^model\.layers\.(\d+)\.(.+)$/.exec(stem) ?? [];
  const stored =
    layer === undefined || part === undefined
      ? outside.get(stem)
      : `blk.${layer}.${inside.get(part) ?? part}`;
  return `${stored ?? stem}.${kind}`;
}
