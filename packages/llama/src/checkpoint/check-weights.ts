import { CaaError, type SafetensorsEntry } from "@caa/core";
import type { LlamaConfig } from "../config/llama-config.ts";
import type { ExternalTensor } from "../graph/graph-builder.ts";
import type { WeightTable } from "../graph/weights.ts";
import { BLOCK_SIZE } from "../quantize/blocks.ts";

/** A tensor and the file it lies in. */
export interface StoredTensor extends SafetensorsEntry {
  /** Absolute, all links resolved. */
  readonly file: string;
}

const floatTypes = { F32: "float32", F16: "float16", BF16: "bfloat16" } as const;
const dtypes = { float32: "F32", float16: "F16", bfloat16: "BF16" } as const;

/** A weight of a table as it stands in its file. @throws {CaaError} `unsupported` where it is in quantized blocks */
export function storedFloats(
  name: string,
  { type, ...place }: ExternalTensor,
): StoredTensor & { readonly dtype: keyof typeof floatTypes } {
  if (type !== "float32" && type !== "float16" && type !== "bfloat16") {
    throw new CaaError("unsupported", `weight "${name}": expected floats, got ${type} blocks`);
  }
  return { ...place, dtype: dtypes[type] };
}

/** Every weight of a model of this configuration, by its checkpoint name, with its shape. */
export function expectedWeights(config: LlamaConfig): ReadonlyMap<string, readonly number[]> {
  const { hidden_size: d, intermediate_size: ff, head_dim, vocab_size: vocabulary } = config;
  const query = config.num_attention_heads * head_dim;
  const keyValue = config.num_key_value_heads * head_dim;
  const shapes = new Map<string, readonly number[]>();
  const linear = (prefix: string, out: number, into: number, bias: boolean): void => {
    shapes.set(`${prefix}.weight`, [out, into]);
    if (bias) {
      shapes.set(`${prefix}.bias`, [out]);
    }
  };
  shapes.set("model.embed_tokens.weight", [vocabulary, d]);
  for (let layer = 0; layer < config.num_hidden_layers; layer += 1) {
    const block = `model.layers.${layer}`;
    shapes.set(`${block}.input_layernorm.weight`, [d]);
    linear(`${block}.self_attn.q_proj`, query, d, config.attention_bias);
    linear(`${block}.self_attn.k_proj`, keyValue, d, config.attention_bias);
    linear(`${block}.self_attn.v_proj`, keyValue, d, config.attention_bias);
    linear(`${block}.self_attn.o_proj`, d, query, config.attention_output_bias);
    shapes.set(`${block}.post_attention_layernorm.weight`, [d]);
    linear(`${block}.mlp.gate_proj`, ff, d, config.mlp_bias);
    linear(`${block}.mlp.up_proj`, ff, d, config.mlp_bias);
    linear(`${block}.mlp.down_proj`, d, ff, config.mlp_bias);
  }
  shapes.set("model.norm.weight", [d]);
  if (!config.tie_word_embeddings) {
    shapes.set("lm_head.weight", [vocabulary, d]);
  }
  return shapes;
}

/**
 * The weights that a model of this configuration needs, all there, of the right shape and stored as floats.
 * Tensors that the model does not read are left out when they are known to mean nothing (rotary tables of older
 * checkpoints, the output matrix of a tied model, tensors beside the model itself).
 *
 * @throws {CaaError} `not-found` for a missing tensor, `shape-mismatch`, `unsupported` for another type, or for a tensor
 * inside the model that nothing here would read: the model would be run wrong without it
 */
export function checkWeights(
  config: LlamaConfig,
  tensors: ReadonlyMap<string, StoredTensor>,
): WeightTable {
  const expected = storedShapes(expectedWeights(config), tensors);
  const missing = [...expected.keys()].filter((name) => !tensors.has(name));
  if (missing.length > 0) {
    const more = missing.length > 1 ? ` and ${missing.length - 1} more` : "";
    throw new CaaError(
      "not-found",
      `model weights: expected tensor "${missing[0]}"${more}, the files have no such tensor`,
      {
        facts: { tensor: missing[0], missing: missing.length },
      },
    );
  }
  const table = new Map<string, ExternalTensor>();
  for (const [name, tensor] of tensors) {
    const shape = expected.get(name);
    if (shape === undefined) {
      refuseUnread(name);
      continue;
    }
    if (
      shape.length !== tensor.shape.length ||
      shape.some((size, axis) => size !== tensor.shape[axis])
    ) {
      throw new CaaError(
        "shape-mismatch",
        `model weights: tensor "${name}": expected [${shape.join(", ")}] by config.json, got [${tensor.shape.join(", ")}]`,
        { facts: { tensor: name, expected: shape, got: tensor.shape } },
      );
    }
    const { dtype, file, offset, byteLength } = tensor;
    if (name.endsWith(BLOCKS) && dtype === "U8") {
      table.set(name, { file, offset, byteLength, type: "uint8", shape });
      continue;
    }
    if (dtype !== "F32" && dtype !== "F16" && dtype !== "BF16") {
      throw new CaaError(
        "unsupported",
        `model weights: tensor "${name}": expected F32, F16 or BF16, got ${dtype}`,
        {
          facts: { tensor: name, got: dtype },
        },
      );
    }
    table.set(name, { file, offset, byteLength, type: floatTypes[dtype], shape });
  }
  return table;
}

const BLOCKS = ".blocks";

/** What is expected in the files: a matrix that is stored in quantized blocks is two tensors there, blocks and scales. */
function storedShapes(
  weights: ReadonlyMap<string, readonly number[]>,
  tensors: ReadonlyMap<string, StoredTensor>,
): ReadonlyMap<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const [name, shape] of weights) {
    const blocks = tensors.get(`${name}${BLOCKS}`);
    const [rows = 0, columns = 0] = shape;
    if (blocks === undefined || tensors.has(name)) {
      shapes.set(name, shape);
      continue;
    }
    const bytes = blocks.shape[2] ?? 0;
    if (columns % BLOCK_SIZE !== 0 || (bytes !== BLOCK_SIZE / 2 && bytes !== BLOCK_SIZE)) {
      throw new CaaError(
        "shape-mismatch",
        `model weights: tensor "${name}${BLOCKS}": expected blocks of ${BLOCK_SIZE} values in 4 or 8 bits, got [${blocks.shape.join(", ")}]`,
        { facts: { tensor: name, got: blocks.shape } },
      );
    }
    shapes.set(`${name}${BLOCKS}`, [rows, columns / BLOCK_SIZE, bytes]);
    shapes.set(`${name}.scales`, [rows, columns / BLOCK_SIZE]);
  }
  return shapes;
}

function refuseUnread(name: string): void {
  const harmless = name.endsWith(".rotary_emb.inv_freq") || name === "lm_head.weight";
  if (!harmless && /^(model|lm_head)\./.test(name)) {
    throw new CaaError(
      "unsupported",
      `model weights: tensor "${name}" belongs to no model of this configuration`,
      {
        facts: { tensor: name },
      },
    );
  }
}
