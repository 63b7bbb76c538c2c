import { CaaError } from "@caa/core";
import type { LlamaConfig } from "../../config/llama-config.ts";
import type { WeightTable } from "../../graph/weights.ts";

/** What is trained; everything else stays as it is in its files. */
export type Trainable =
  | { readonly kind: "all" }
  /** One decoder layer, 0-based. */
  | { readonly kind: "layer"; readonly layer: number }
  | LoraAdapter;

/**
 * Low-rank adapters beside frozen projections: `y = x Wᵀ + (alpha / rank) (x Aᵀ) Bᵀ`, A (rank, in), B (out, rank).
 * @see Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models"
 */
export interface LoraAdapter {
  readonly kind: "lora";
  /** From 1 to the smallest side of the projections: a product of higher rank than the matrix has is not low-rank. */
  readonly rank: number;
  /** @default rank, so that the adapter's product is added as it is */
  readonly alpha?: number | undefined;
  /** Projections that get one. @default PEFT's for Llama: `q_proj` and `v_proj` */
  readonly projections?: readonly Projection[] | undefined;
  /** @default every layer */
  readonly layers?: readonly number[] | undefined;
}

export const PROJECTIONS = [
  "q_proj",
  "k_proj",
  "v_proj",
  "o_proj",
  "gate_proj",
  "up_proj",
  "down_proj",
] as const;
export type Projection = (typeof PROJECTIONS)[number];

/** A tensor that is trained. */
export interface Parameter {
  /** A weight's name in the checkpoint, or that of a LoRA factor as PEFT has it, without `base_model.model.` before. */
  readonly name: string;
  readonly shape: readonly number[];
}

/** The LoRA factors of one projection. */
export interface Adapter {
  readonly down: Parameter;
  readonly up: Parameter;
  /** alpha / rank */
  readonly scale: number;
}

/** What is trained, by name. */
export interface TrainedTensors {
  readonly parameters: readonly Parameter[];
  /** By the projection beside which they stand, such as `model.layers.0.self_attn.q_proj`. */
  readonly adapters: ReadonlyMap<string, Adapter>;
}

/**
 * @throws {CaaError} `invalid-argument` for a layer that does not exist, or a rank that is not a whole number from 1 on or
 * is above the smallest side of a projection; `unsupported` where weights in quantized blocks would be trained
 */
export function trainedTensors(
  config: LlamaConfig,
  table: WeightTable,
  trainable: Trainable,
): TrainedTensors {
  if (trainable.kind === "lora") {
    return loraTensors(config, table, trainable);
  }
  if (trainable.kind === "layer") {
    checkLayer(config, trainable.layer);
  }
  const prefix = trainable.kind === "layer" ? `model.layers.${trainable.layer}.` : "";
  const parameters = [...table]
    .filter(([name]) => name.startsWith(prefix))
    .map(([name, { shape, type }]) => {
      if (type === "uint8") {
        throw new CaaError(
          "unsupported",
          `training: "${name}" is quantized; train the model from its float weights`,
        );
      }
      return { name, shape };
    });
  return { parameters, adapters: new Map() };
}

function loraTensors(
  config: LlamaConfig,
  table: WeightTable,
  { rank, alpha = rank, projections = ["q_proj", "v_proj"], layers }: LoraAdapter,
): TrainedTensors {
  if (!Number.isInteger(rank) || rank < 1) {
    throw new CaaError(
      "invalid-argument",
      `LoRA rank: expected a whole number from 1, got ${rank}`,
    );
  }
  if (projections.length === 0) {
    throw new CaaError("empty-selection", "LoRA: expected at least one projection, got none");
  }
  layers?.forEach((layer) => checkLayer(config, layer));
  const adapters = new Map<string, Adapter>();
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    if (layers !== undefined && !layers.includes(layer)) {
      continue;
    }
    for (const projection of projections) {
      const part = /^(gate|up|down)_/.test(projection) ? "mlp" : "self_attn";
      const prefix = `model.layers.${layer}.${part}.${projection}`;
      const [out = 0, into = 0] = table.get(`${prefix}.weight`)?.shape ?? [];
      const maxRank = Math.min(out, into); // what the product of the factors can have
      if (rank > maxRank) {
        throw new CaaError(
          "invalid-argument",
          `LoRA rank: expected at most ${maxRank}, the smaller side of ${projection} (${out} x ${into}), got ${rank}`,
          { facts: { rank, maxRank, projection } },
        );
      }
      adapters.set(prefix, {
        down: { name: `${prefix}.lora_A.weight`, shape: [rank, into] },
        up: { name: `${prefix}.lora_B.weight`, shape: [out, rank] },
        scale: alpha / rank,
      });
    }
  }
  const parameters = [...adapters.values()].flatMap(({ down, up }) => [down, up]);
  return { parameters, adapters };
}

function checkLayer(config: LlamaConfig, layer: number): void {
  const count = config.num_hidden_layers;
  if (!Number.isInteger(layer) || layer < 0 || layer >= count) {
    throw new CaaError(
      "invalid-argument",
      `training: expected a layer from 0 to ${count - 1}, got ${layer}`,
      { facts: { layer, layers: count } },
    );
  }
}
