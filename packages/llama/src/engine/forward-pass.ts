import { CaaError, type LensPlace } from "@caa/core";
import type { LlamaConfig } from "../config/llama-config.ts";
import type { Feed, GraphSession } from "../runtime/session.ts";
import type { TokenStep } from "./jobs.ts";
import { RopeTable } from "./rope.ts";
import { steeringFeeds } from "./steering-tensors.ts";

/** Keys and values of every layer: each (rows, kv heads, length, head_dim). */
export interface KeyValues {
  readonly keys: readonly Float32Array[];
  readonly values: readonly Float32Array[];
  readonly length: number;
}

/** One run of the graph over rows x tokens, flattened row by row. */
export interface PassInput {
  readonly rows: number;
  readonly ids: readonly number[];
  readonly positions: readonly number[];
  /** (rows, 1, tokens, past + tokens) */
  readonly mask: Float32Array;
  readonly past: KeyValues | null;
  readonly vectors: readonly Float32Array[];
  readonly stepsAt: ReadonlyArray<readonly TokenStep[]>;
  /** Flattened token indices. */
  readonly residualAt: readonly number[];
  readonly logitsAt: readonly number[];
  readonly wantKeyValues: boolean;
  /** Whether what is inside the blocks is read where the residual stream is; only of a graph that has it. @default false */
  readonly wantInside?: boolean;
}

export interface PassOutput {
  /** (layers, places, d_model) */
  readonly residual: Float32Array;
  /** (places, vocabulary) */
  readonly logits: Float32Array;
  /** The new tokens' only. */
  readonly keyValues: KeyValues | null;
  /** Each (layers, places, d_model); `block-output` is the residual stream. Empty unless wanted. */
  readonly inside: Readonly<Record<LensPlace, Float32Array>>;
}

/** Feeds the graph and reads it: the only place that knows the names of its inputs and outputs. */
export class ForwardPass {
  readonly config: LlamaConfig;
  readonly #session: GraphSession;
  readonly #rope: RopeTable;

  constructor(config: LlamaConfig, session: GraphSession) {
    this.config = config;
    this.#session = session;
    this.#rope = new RopeTable(config);
  }

  async run(input: PassInput): Promise<PassOutput> {
    const { config } = this;
    const { rows, past } = input;
    checkTokens(input.ids, config.vocab_size);
    const tokens = input.ids.length / rows;
    const layers = config.num_hidden_layers;
    // The runtime wants at least as many rotary rows as tokens, which a tree can have more of than positions.
    const rope = this.#rope.upTo(
      input.positions.reduce((most, p) => Math.max(most, p + 1), tokens),
    );
    const pastLength = past?.length ?? 0;
    const pastShape = [rows, config.num_key_value_heads, pastLength, config.head_dim];
    const nothing = new Float32Array(0);

    const feeds = new Map<string, Feed>([
      ["input_ids", { data: int64(input.ids), shape: [rows, tokens] }],
      ["position_ids", { data: int64(input.positions), shape: [rows, tokens] }],
      ["rope_cos", { data: rope.cos, shape: rope.shape }],
      ["rope_sin", { data: rope.sin, shape: rope.shape }],
      ["attention_bias", { data: input.mask, shape: [rows, 1, tokens, pastLength + tokens] }],
      ["residual_positions", { data: int64(input.residualAt), shape: [input.residualAt.length] }],
      ["logit_positions", { data: int64(input.logitsAt), shape: [input.logitsAt.length] }],
      ...steeringFeeds(input.vectors, input.stepsAt, {
        layers,
        dModel: config.hidden_size,
        rows,
        tokens,
      }),
    ]);
    const outputs: string[] = [];
    if (input.residualAt.length > 0) {
      outputs.push("residual");
    }
    if (input.wantInside === true) {
      outputs.push("attention_output", "residual_after_attention", "mlp_output");
    }
    if (input.logitsAt.length > 0) {
      outputs.push("logits");
    }
    for (let layer = 0; layer < layers; layer++) {
      feeds.set(`past_key.${layer}`, { data: past?.keys[layer] ?? nothing, shape: pastShape });
      feeds.set(`past_value.${layer}`, { data: past?.values[layer] ?? nothing, shape: pastShape });
      if (input.wantKeyValues) {
        outputs.push(`new_key.${layer}`, `new_value.${layer}`);
      }
    }

    const results = await this.#session.run(feeds, outputs);
    const get = (name: string): Float32Array => results.get(name) ?? nothing;
    const each = (name: string): Float32Array[] =>
      Array.from({ length: layers }, (_, layer) => get(`${name}.${layer}`));
    return {
      residual: get("residual"),
      logits: get("logits"),
      keyValues: input.wantKeyValues
        ? { keys: each("new_key"), values: each("new_value"), length: tokens }
        : null,
      inside: {
        "attention-output": get("attention_output"),
        "residual-after-attention": get("residual_after_attention"),
        "mlp-output": get("mlp_output"),
        "block-output": get("residual"),
      },
    };
  }

  async dispose(): Promise<void> {
    await this.#session.release();
  }
}

/** The runtime does not check every kind of embedding table: reading beyond one may end the process. */
function checkTokens(ids: readonly number[], vocabulary: number): void {
  const outside = ids.find((id) => !(id >= 0 && id < vocabulary));
  if (outside !== undefined) {
    throw new CaaError(
      "invalid-data",
      `tokens: expected ids from 0 to ${vocabulary - 1}, which the model's embeddings have, got ${outside}; does the tokenizer belong to the model?`,
      { facts: { id: outside, vocabulary } },
    );
  }
}

function int64(values: readonly number[]): BigInt64Array {
  return BigInt64Array.from(values, BigInt);
}
