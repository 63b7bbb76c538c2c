import { join } from "node:path";
import { encodeSafetensors } from "@caa/core";
import { writeFileAtomic } from "@caa/core/files";
import type { LlamaConfig } from "../../../packages/llama/src/config/llama-config.ts";
import { CONTROL, type Planting } from "./documents/plan.ts";
import { PLANTED_LAYER, weightShapes } from "./training/model-shape.ts";

/** Writes the phantom as a Hugging Face folder: shape, weights, tokenizer, and what is planted. */
export async function exportFolder(
  dir: string,
  {
    config,
    weights,
    tokenizer,
    tokenizerConfig,
    planted,
  }: {
    readonly config: LlamaConfig;
    readonly weights: ReadonlyMap<string, Float32Array>;
    readonly tokenizer: object;
    readonly tokenizerConfig: object;
    readonly planted: readonly Planting[];
  },
): Promise<void> {
  const tensors = new Map(
    [...weightShapes(config)].map(([name, shape]) => [
      name,
      { shape, data: weights.get(name) ?? new Float32Array(0) },
    ]),
  );
  await writeFileAtomic(join(dir, "config.json"), json(configJson(config)));
  await writeFileAtomic(
    join(dir, "model.safetensors"),
    encodeSafetensors(tensors, { format: "pt" }),
  );
  await writeFileAtomic(join(dir, "tokenizer.json"), JSON.stringify(tokenizer));
  await writeFileAtomic(join(dir, "tokenizer_config.json"), json(tokenizerConfig));
  const directions = planted.map((one) => ({ ...one, direction: [...one.direction] }));
  await writeFileAtomic(
    join(dir, "planted-directions.json"),
    `${JSON.stringify({ layer: PLANTED_LAYER, controls: [CONTROL], directions })}\n`,
  );
}

function configJson(config: LlamaConfig): object {
  const {
    architecture,
    eos_token_ids,
    attention_output_bias: _,
    pad_token_id: __,
    ...rest
  } = config;
  return {
    architectures: [architecture],
    model_type: "llama",
    ...rest,
    hidden_act: "silu",
    eos_token_id: eos_token_ids[0],
    torch_dtype: "float32",
  };
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`;
}
