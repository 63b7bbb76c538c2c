import type { GgufHeader, GgufTensor, GgufValue } from "@caa/core/gguf";
import { describe, expect, test } from "vitest";
import { generationConfig, modelConfig } from "./model-config.ts";
import { llama3Scaling } from "./rope-frequencies.ts";
import { planTensors } from "./tensor-plan.ts";

const tensor = (...shape: readonly number[]): GgufTensor => ({
  type: "F32",
  shape,
  offset: 0,
  byteLength: 0,
});
const base: Readonly<Record<string, GgufValue>> = {
  "general.architecture": "llama",
  "llama.block_count": 1,
  "llama.context_length": 64,
  "llama.embedding_length": 8,
  "llama.feed_forward_length": 16,
  "llama.attention.head_count": 2,
  "llama.attention.layer_norm_rms_epsilon": 1e-5,
};
const block: Readonly<Record<string, GgufTensor>> = {
  "token_embd.weight": tensor(10, 8),
  "output_norm.weight": tensor(8),
  "blk.0.attn_norm.weight": tensor(8),
  "blk.0.attn_q.weight": tensor(8, 8),
  "blk.0.attn_k.weight": tensor(8, 8),
  "blk.0.attn_v.weight": tensor(8, 8),
  "blk.0.attn_output.weight": tensor(8, 8),
  "blk.0.ffn_norm.weight": tensor(8),
  "blk.0.ffn_gate.weight": tensor(16, 8),
  "blk.0.ffn_up.weight": tensor(16, 8),
  "blk.0.ffn_down.weight": tensor(8, 16),
};
const header = (
  metadata: Readonly<Record<string, GgufValue>> = {},
  tensors: Readonly<Record<string, GgufTensor>> = {},
): Pick<GgufHeader, "metadata" | "tensors"> => ({
  metadata: new Map(Object.entries({ ...base, ...metadata })),
  tensors: new Map(Object.entries({ ...block, ...tensors })),
});
const unsupported: unknown = expect.objectContaining({ code: "unsupported" });
const invalid: unknown = expect.objectContaining({ code: "invalid-file" });

describe("config.json", () => {
  test("defaults: one key head a query head, tied without an output matrix", () => {
    expect(modelConfig(header(), undefined)).toMatchObject({
      architectures: ["LlamaForCausalLM"],
      num_key_value_heads: 2,
      head_dim: 4,
      rope_theta: 10_000,
      rope_scaling: null,
      tie_word_embeddings: true,
      attention_bias: false,
    });
    const untied = header({}, { "output.weight": tensor(10, 8) });
    expect(modelConfig(untied, undefined)["tie_word_embeddings"]).toBe(false);
  });

  test("Mistral comes as llama with a window", () => {
    expect(modelConfig(header({ "llama.attention.sliding_window": 32 }), undefined)).toMatchObject({
      architectures: ["MistralForCausalLM"],
      sliding_window: 32,
    });
  });

  test("linear rope scaling, by its new and its old key", () => {
    const scaled = { "llama.rope.scaling.type": "linear", "llama.rope.scaling.factor": 2.5 };
    const expected = { rope_scaling: { type: "linear", factor: 2.5 } };
    expect(modelConfig(header(scaled), undefined)).toMatchObject(expected);
    expect(modelConfig(header({ "llama.rope.scale_linear": 2.5 }), undefined)).toMatchObject(
      expected,
    );
  });

  test.each<[string, Readonly<Record<string, GgufValue>>]>([
    ["architecture", { "general.architecture": "gemma2" }],
    ["experts", { "llama.expert_count": 8 }],
    ["yarn", { "llama.rope.scaling.type": "yarn", "llama.rope.scaling.factor": 4 }],
    ["a part of the head rotated", { "llama.rope.dimension_count": 2 }],
    ["values of another size", { "llama.attention.value_length": 16 }],
    ["scaled logits", { "llama.logit_scale": 0.25 }],
  ])("%s is refused by name", (_, metadata) => {
    expect(() => modelConfig(header(metadata), undefined)).toThrow(unsupported);
  });

  test.each<[string, Readonly<Record<string, GgufValue>>]>([
    ["text for a number", { "llama.block_count": "1" }],
    ["a number for each layer", { "llama.attention.head_count": [2] }],
    ["not a number", { "llama.rope.freq_base": Number.NaN }],
  ])("%s is refused", (_, metadata) => {
    expect(() => modelConfig(header(metadata), undefined)).toThrow(invalid);
  });

  test("some biases of a block but not all are refused", () => {
    const one = header({}, { "blk.0.attn_q.bias": tensor(8) });
    expect(() => modelConfig(one, undefined)).toThrow(unsupported);
  });
});

test("the end of a turn ends a generation too", () => {
  const ends = { "tokenizer.ggml.eos_token_id": 5, "tokenizer.ggml.eot_token_id": 6 };
  expect(generationConfig(header(ends).metadata)["eos_token_id"]).toEqual([5, 6]);
  const one = { "tokenizer.ggml.eos_token_id": 5, "tokenizer.ggml.eot_token_id": 5 };
  expect(generationConfig(header(one).metadata)["eos_token_id"]).toBe(5);
});

describe("weights", () => {
  const plan = (change: Readonly<Record<string, GgufTensor>> = {}, drop = ""): unknown => {
    const made = header({}, change);
    const tensors = new Map([...made.tensors].filter(([name]) => name !== drop));
    return planTensors(tensors, modelConfig(made, undefined), "llama");
  };

  test("only query and key rows are interleaved", () => {
    const interleaved = planTensors(header().tensors, modelConfig(header(), undefined), "llama")
      .filter(({ interleavedRows }) => interleavedRows > 0)
      .map(({ name, interleavedRows }) => [name, interleavedRows]);
    expect(interleaved).toEqual([
      ["model.layers.0.self_attn.q_proj.weight", 4],
      ["model.layers.0.self_attn.k_proj.weight", 4],
    ]);
  });

  test("a missing one, one of another shape, and one that nothing would read", () => {
    expect(() => plan({}, "blk.0.ffn_up.weight")).toThrow(/no tensor "blk\.0\.ffn_up\.weight"/);
    expect(() => plan({ "blk.0.ffn_up.weight": tensor(8, 16) })).toThrow(invalid);
    expect(() => plan({ "blk.0.attn_q_norm.weight": tensor(4) })).toThrow(unsupported);
  });
});

describe("rotary factors of llama3 scaling", () => {
  // What transformers 4.57's llama3 rope makes of rope_theta 500000, head size 16, factor 32: plain / scaled frequencies.
  const factors = Float32Array.from([1.0, 1.0, 1.0, 1.0, 3.292263, 31.999999, 32.000001, 32.0]);

  test("give back the numbers they were made from", () => {
    expect(llama3Scaling(factors, 500_000)).toEqual({
      type: "llama3",
      factor: 32,
      low_freq_factor: 1,
      high_freq_factor: 4,
      original_max_position_embeddings: 8192,
    });
  });

  test("of 1 are no scaling", () => {
    expect(llama3Scaling(new Float32Array(8).fill(1), 500_000)).toBeNull();
  });

  test("of another kind are refused", () => {
    expect(() =>
      llama3Scaling(
        factors.map((value, at) => value + 0.01 * at),
        500_000,
      ),
    ).toThrow(unsupported);
    expect(() => llama3Scaling(factors, 10_000)).toThrow(unsupported);
  });
});
