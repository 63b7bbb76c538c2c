import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { randomLlamaFolder } from "../../packages/llama/dist/index.js";

/** Llama-2-7B's sizes. */
const CONFIG = {
  architectures: ["LlamaForCausalLM"],
  model_type: "llama",
  hidden_act: "silu",
  hidden_size: 4096,
  intermediate_size: 11008,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 32,
  vocab_size: 32000,
  max_position_embeddings: 4096,
  rms_norm_eps: 1e-5,
  rope_theta: 10000,
  tie_word_embeddings: false,
  attention_bias: false,
  mlp_bias: false,
  bos_token_id: 1,
  eos_token_id: 2,
};
const BLOCK = 32;
const CHUNK = 2 ** 24;

/**
 * Writes a folder of Llama-2-7B's shape with quantized random blocks, as @caa/llama keeps quantized models: speed and
 * memory are those of the real one, its texts are noise.
 *
 * @param bits 4 or 8
 * @returns the configuration
 */
export async function writeRandomLlama2(folder, bits) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "config.json"), JSON.stringify(CONFIG));
  writeTokenizer(folder);
  const tensors = [...shapes()].flatMap(([name, shape]) => stored(name, shape, bits));
  let offset = 0;
  const header = { __metadata__: { format: "pt", caa_dtype: `q${bits}`, caa_block_size: "32" } };
  for (const { name, dtype, shape, bytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, (offset += bytes)] };
  }
  const text = Buffer.from(JSON.stringify(header));
  const padded = Buffer.concat([text, Buffer.alloc((8 - (text.length % 8)) % 8, " ")]);
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(padded.length));
  const file = await open(join(folder, "model.safetensors"), "w");
  try {
    await file.write(size);
    await file.write(padded);
    for (const [index, { bytes, source }] of tensors.entries()) {
      // From another place for each: the runtime holds matrices of equal content once.
      const start = source === ones ? 0 : (index * 20_404) % CHUNK;
      for (let written = 0; written < bytes; written += CHUNK) {
        await file.write(source, start, Math.min(CHUNK, bytes - written));
      }
    }
  } finally {
    await file.close();
  }
  return CONFIG;
}

function* shapes() {
  const { hidden_size: d, intermediate_size: f, vocab_size: v } = CONFIG;
  yield ["model.embed_tokens.weight", [v, d]];
  for (let layer = 0; layer < CONFIG.num_hidden_layers; layer++) {
    const at = `model.layers.${layer}.`;
    yield [`${at}input_layernorm.weight`, [d]];
    for (const name of ["q", "k", "v", "o"]) {
      yield [`${at}self_attn.${name}_proj.weight`, [d, d]];
    }
    yield [`${at}post_attention_layernorm.weight`, [d]];
    yield [`${at}mlp.gate_proj.weight`, [f, d]];
    yield [`${at}mlp.up_proj.weight`, [f, d]];
    yield [`${at}mlp.down_proj.weight`, [d, f]];
  }
  yield ["model.norm.weight", [d]];
  yield ["lm_head.weight", [v, d]];
}

const floats = (count, at) => Buffer.from(Float32Array.from({ length: count / 4 }, at).buffer);
const ones = floats(CHUNK, () => 1);
const codes = randomBytes(2 * CHUNK);
const scales = {
  4: floats(2 * CHUNK, (_, i) => (0.5 + codes[i] / 256) * (0.02 / 4)),
  8: floats(2 * CHUNK, (_, i) => (0.5 + codes[i] / 256) * (0.02 / 64)),
};

function stored(name, shape, bits) {
  const [rows, columns] = shape;
  if (columns === undefined) {
    return [{ name, dtype: "F32", shape, bytes: 4 * rows, source: ones }];
  }
  const blocks = columns / BLOCK;
  const width = (BLOCK * bits) / 8;
  return [
    {
      name: `${name}.blocks`,
      dtype: "U8",
      shape: [rows, blocks, width],
      bytes: rows * blocks * width,
      source: codes,
    },
    {
      name: `${name}.scales`,
      dtype: "F32",
      shape: [rows, blocks],
      bytes: 4 * rows * blocks,
      source: scales[bits],
    },
  ];
}

/** The same bytes each time (xorshift). */
function randomBytes(count) {
  const words = new Uint32Array(count / 4);
  let state = 2463534242;
  for (let i = 0; i < words.length; i++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[i] = state;
  }
  return Buffer.from(words.buffer);
}

/** The small tokenizer that comes with @caa/llama, with words of no use up to the vocabulary's size. */
function writeTokenizer(folder) {
  const from = randomLlamaFolder();
  const tokenizer = JSON.parse(readFileSync(join(from, "tokenizer.json"), "utf8"));
  const { vocab } = tokenizer.model;
  for (let id = Math.max(...Object.values(vocab)) + 1; id < CONFIG.vocab_size; id++) {
    vocab[`w${id}`] = id;
  }
  writeFileSync(join(folder, "tokenizer.json"), JSON.stringify(tokenizer));
  copyFileSync(join(from, "tokenizer_config.json"), join(folder, "tokenizer_config.json"));
}
