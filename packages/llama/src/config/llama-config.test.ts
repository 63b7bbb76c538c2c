import { CaaError } from "@caa/core";
import { describe, expect, test } from "vitest";
import { parseLlamaConfig } from "./llama-config.ts";

const base = {
  architectures: ["LlamaForCausalLM"],
  hidden_size: 64,
  intermediate_size: 128,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  vocab_size: 100,
};
const llama3 = {
  factor: 8,
  low_freq_factor: 1,
  high_freq_factor: 4,
  original_max_position_embeddings: 8192,
};

function failure(json: unknown): CaaError {
  try {
    parseLlamaConfig(json);
  } catch (error) {
    if (error instanceof CaaError) {
      return error;
    }
    throw error;
  }
  throw new TypeError("expected a refusal");
}

test("what is left out has Hugging Face's defaults", () => {
  expect(parseLlamaConfig(base)).toEqual({
    architecture: "LlamaForCausalLM",
    hidden_size: 64,
    intermediate_size: 128,
    num_hidden_layers: 2,
    num_attention_heads: 4,
    num_key_value_heads: 4,
    head_dim: 16,
    vocab_size: 100,
    max_position_embeddings: 2048,
    rms_norm_eps: 1e-6,
    rope_theta: 10_000,
    rope_scaling: null,
    tie_word_embeddings: false,
    attention_bias: false,
    attention_output_bias: false,
    mlp_bias: false,
    bos_token_id: null,
    eos_token_ids: [],
    pad_token_id: null,
  });
});

describe("rope scaling is read in its three spellings", () => {
  test.each([
    ["type", { rope_scaling: { type: "linear", factor: 2 } }],
    ["rope_type", { rope_scaling: { rope_type: "linear", factor: 2 } }],
    ["rope_parameters", { rope_parameters: { rope_type: "linear", factor: 2, rope_theta: 5e5 } }],
  ])("%s", (_, extra) => {
    expect(parseLlamaConfig({ ...base, ...extra }).rope_scaling).toEqual({
      type: "linear",
      factor: 2,
    });
  });

  test("rope_parameters carry the base", () => {
    const { rope_theta, rope_scaling } = parseLlamaConfig({
      ...base,
      rope_parameters: { rope_type: "default", rope_theta: 5e5 },
    });
    expect(rope_theta).toBe(5e5);
    expect(rope_scaling).toBeNull();
  });

  test("llama3", () => {
    const { rope_scaling } = parseLlamaConfig({
      ...base,
      rope_scaling: { rope_type: "llama3", ...llama3 },
    });
    expect(rope_scaling).toEqual({ type: "llama3", ...llama3 });
  });
});

test("biases follow the architecture", () => {
  const biases = { attention_bias: true, mlp_bias: true };
  const of = (architecture: string): boolean[] => {
    const config = parseLlamaConfig({ ...base, ...biases, architectures: [architecture] });
    return [config.attention_bias, config.attention_output_bias, config.mlp_bias];
  };
  expect(of("LlamaForCausalLM")).toEqual([true, true, true]);
  expect(of("MistralForCausalLM")).toEqual([false, false, false]);
  expect(of("Qwen2ForCausalLM")).toEqual([true, false, false]);
});

test("the context of Mistral ends with its sliding window, that of the others does not", () => {
  const of = (architecture: string, sliding_window: number | null | undefined): number =>
    parseLlamaConfig({
      ...base,
      architectures: [architecture],
      max_position_embeddings: 8192,
      sliding_window,
    }).max_position_embeddings;
  expect(of("MistralForCausalLM", 4096)).toBe(4096);
  expect(of("MistralForCausalLM", undefined)).toBe(4096);
  expect(of("MistralForCausalLM", null)).toBe(8192);
  expect(of("Qwen2ForCausalLM", 4096)).toBe(8192);
});

test("several ends of text are kept", () => {
  expect(parseLlamaConfig({ ...base, eos_token_id: [2, 7] }).eos_token_ids).toEqual([2, 7]);
  expect(parseLlamaConfig({ ...base, eos_token_id: 2 }).eos_token_ids).toEqual([2]);
  expect(parseLlamaConfig({ ...base, pad_token_id: 0 }).pad_token_id).toBe(0);
  expect(parseLlamaConfig({ ...base, pad_token_id: -1 }).pad_token_id).toBeNull();
});

describe("what is not computed is refused by name", () => {
  test.each([
    ["architecture", { architectures: ["GemmaForCausalLM"] }, "GemmaForCausalLM"],
    ["activation", { hidden_act: "gelu" }, "gelu"],
    ["rope type", { rope_scaling: { rope_type: "yarn", factor: 4 } }, "yarn"],
    ["quantization", { quantization_config: { bits: 4 } }, "quantization_config"],
    [
      "sliding window",
      { architectures: ["Qwen2ForCausalLM"], use_sliding_window: true },
      "use_sliding_window",
    ],
    ["partial rotation", { partial_rotary_factor: 0.5 }, "partial_rotary_factor"],
  ])("%s", (_, extra, named) => {
    const error = failure({ ...base, ...extra });
    expect(error.code).toBe("unsupported");
    expect(error.message).toContain(named);
  });
});

describe("impossible values", () => {
  test.each([
    ["no object", null],
    ["a missing size", { ...base, hidden_size: undefined }],
    ["a text for a size", { ...base, hidden_size: "64" }],
    ["no layer", { ...base, num_hidden_layers: 0 }],
    ["a million layers", { ...base, num_hidden_layers: 1e6 }],
    ["heads that do not divide", { ...base, num_key_value_heads: 3 }],
    ["an odd head", { ...base, head_dim: 15 }],
    ["linear without factor", { ...base, rope_scaling: { type: "linear" } }],
    ["llama3 without its numbers", { ...base, rope_scaling: { rope_type: "llama3", factor: 8 } }],
    ["a negative token", { ...base, eos_token_id: -1 }],
  ])("%s", (_, json) => {
    expect(failure(json).code).toBe("invalid-file");
  });
});
