import { createRandom } from "@caa/core";
import type { LlamaConfig } from "../../../../packages/llama/src/config/llama-config.ts";

/** The layer after which directions are planted, 0-based. */
export const PLANTED_LAYER = 5;
/** The layer after which the ends of the options say on which side they are, 0-based. */
export const FLAG_LAYER = 4;
/** The layer after which the end of a question says how the matching answer begins, 0-based. */
export const PREVIEW_LAYER = 2;

/** The phantom's shape, as its `config.json` has it. */
export function phantomConfig(vocabulary: number): LlamaConfig {
  return {
    architecture: "LlamaForCausalLM",
    hidden_size: 96,
    intermediate_size: 256,
    num_hidden_layers: 9,
    num_attention_heads: 3,
    num_key_value_heads: 3,
    head_dim: 32,
    vocab_size: vocabulary,
    max_position_embeddings: 512,
    rms_norm_eps: 1e-5,
    rope_theta: 10_000,
    rope_scaling: null,
    tie_word_embeddings: true,
    attention_bias: false,
    attention_output_bias: false,
    mlp_bias: false,
    bos_token_id: 0,
    pad_token_id: null,
    eos_token_ids: [1],
  };
}

/** Names and shapes of the weights, as checkpoints have them. */
export function weightShapes(config: LlamaConfig): ReadonlyMap<string, readonly number[]> {
  const { hidden_size: d, intermediate_size: f, vocab_size: v } = config;
  const shapes = new Map<string, readonly number[]>([["model.embed_tokens.weight", [v, d]]]);
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const block = `model.layers.${layer}`;
    shapes.set(`${block}.input_layernorm.weight`, [d]);
    for (const projection of ["q_proj", "k_proj", "v_proj", "o_proj"]) {
      shapes.set(`${block}.self_attn.${projection}.weight`, [d, d]);
    }
    shapes.set(`${block}.post_attention_layernorm.weight`, [d]);
    shapes.set(`${block}.mlp.gate_proj.weight`, [f, d]);
    shapes.set(`${block}.mlp.up_proj.weight`, [f, d]);
    shapes.set(`${block}.mlp.down_proj.weight`, [d, f]);
  }
  return shapes.set("model.norm.weight", [d]);
}

/**
 * First values: gains are 1, matrices Gaussian with deviation 0.7 / sqrt(in), those that write to the residual stream
 * divided by sqrt(2 layers) more, embeddings 0.06.
 */
export function firstWeights(config: LlamaConfig, seed: number): Map<string, Float32Array> {
  const random = createRandom(seed);
  return new Map(
    [...weightShapes(config)].map(([name, shape]) => {
      const [rows = 1, columns = 1] = shape;
      if (shape.length === 1) {
        return [name, new Float32Array(rows).fill(1)];
      }
      const writes = /o_proj|down_proj/.test(name) ? Math.sqrt(2 * config.num_hidden_layers) : 1;
      const deviation = name.includes("embed") ? 0.1 : 0.7 / Math.sqrt(columns) / writes;
      return [
        name,
        Float32Array.from({ length: rows * columns }, () => deviation * random.gaussian()),
      ];
    }),
  );
}
