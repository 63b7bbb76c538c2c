import type { LlamaConfig } from "../config/llama-config.ts";
import { attention, attentionInputs, pastInputs, type AttentionContext } from "./attention.ts";
import { GraphBuilder, CONTRIB, type Value } from "./graph-builder.ts";
import { steeringInputs, steer } from "./steering.ts";
import { type Precision, Weights, type WeightTable } from "./weights.ts";

export interface LlamaGraphOptions {
  /** @default "float32" */
  readonly precision?: Precision | undefined;
  /** Whether the parts of each block are outputs, too. @default false */
  readonly inside?: boolean | undefined;
}

/**
 * The steered Llama as the bytes of an ONNX model whose weights stay in their files.
 *
 * Sizes: B rows, S tokens a row, N = B S tokens in all, T cached positions, L layers, V vocabulary. Inputs beside those
 * of `attentionInputs` and `steeringInputs`: `input_ids` (B, S) int64; `residual_positions` (R) and `logit_positions`
 * (M), int64 indices into the N tokens. Outputs: `residual` (L, R, d_model), the stream after each block, steering
 * included; `logits` (M, V); and for each layer the new rows `new_key.<l>`, `new_value.<l>` (B, kv heads, S, head_dim).
 * With `inside` also `attention_output`, `residual_after_attention` and `mlp_output`, of the shape of `residual`. The
 * runtime computes every output, asked for or not: what needs none of these does without.
 */
export function llamaGraph(
  config: LlamaConfig,
  table: WeightTable,
  { precision = "float32", inside = false }: LlamaGraphOptions = {},
): Uint8Array {
  const graph = new GraphBuilder();
  const weights = new Weights(graph, table, precision);

  const ids = graph.input("input_ids", "int64", ["B", "S"]);
  const residualPositions = graph.input("residual_positions", "int64", ["R"]);
  const logitPositions = graph.input("logit_positions", "int64", ["M"]);
  const attentionOf = attentionInputs(graph, config, ids, pastInputs(graph, config));
  const steering = steeringInputs(graph, config);
  const blocks = decoderBlocks(graph, weights, config, ids, {
    attention: attentionOf,
    steer: (layer, h) => steer(graph, steering, layer, h),
  });

  const outputs: ReadonlyArray<readonly [string, (block: BlockValues) => Value]> = [
    ["residual", (block) => block.output],
    ...(inside ? INSIDE_OUTPUTS : []),
  ];
  for (const [name, valueOf] of outputs) {
    const rows = blocks.map((block) =>
      graph.op("Unsqueeze", [
        graph.op("Gather", [valueOf(block), residualPositions]),
        graph.ints(0),
      ]),
    );
    graph.output(name, graph.op("Concat", rows, { axis: 0 }), "float32", [
      config.num_hidden_layers,
      "R",
      config.hidden_size,
    ]);
  }
  const last = graph.op("Gather", [blocks.at(-1)?.output ?? "", logitPositions]);
  const logits = readout(graph, weights, config, last);
  graph.output("logits", logits, "float32", ["M", config.vocab_size]);
  return graph.build();
}

/** What is computed in a block, in order, each (N, d_model). */
export interface BlockValues {
  readonly attentionOutput: Value;
  readonly afterAttention: Value;
  readonly mlpOutput: Value;
  /** The residual stream after the block, steering included. */
  readonly output: Value;
}

const INSIDE_OUTPUTS: ReadonlyArray<readonly [string, (block: BlockValues) => Value]> = [
  ["attention_output", (block) => block.attentionOutput],
  ["residual_after_attention", (block) => block.afterAttention],
  ["mlp_output", (block) => block.mlpOutput],
];

/** What all layers share. */
export interface BlockContext {
  readonly attention: AttentionContext;
  /** What steering makes of the residual stream (N, d_model) after a block. */
  readonly steer: (layer: number, h: Value) => Value;
}

/** The decoder blocks, from the embeddings on. */
export function decoderBlocks(
  graph: GraphBuilder,
  weights: Weights,
  config: LlamaConfig,
  ids: Value,
  context: BlockContext,
): readonly BlockValues[] {
  const blocks: BlockValues[] = [];
  let h = weights.embedding(graph.op("Reshape", [ids, graph.ints(-1)]), "model.embed_tokens"); // (N, d_model)
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const block = `model.layers.${layer}`;
    const normed = norm(graph, weights, config, h, `${block}.input_layernorm`);
    const attentionOutput = attention(graph, weights, config, context.attention, layer, normed);
    const afterAttention = graph.op("Add", [h, attentionOutput]);
    const normedAgain = norm(
      graph,
      weights,
      config,
      afterAttention,
      `${block}.post_attention_layernorm`,
    );
    const mlpOutput = mlp(graph, weights, block, normedAgain);
    h = context.steer(layer, graph.op("Add", [afterAttention, mlpOutput]));
    blocks.push({ attentionOutput, afterAttention, mlpOutput, output: h });
  }
  return blocks;
}

/** Logits (M, V) of M rows of the residual stream (M, d_model). */
export function readout(
  graph: GraphBuilder,
  weights: Weights,
  config: LlamaConfig,
  rows: Value,
): Value {
  const normed = norm(graph, weights, config, rows, "model.norm"); // (M, d_model)
  return weights.linear(normed, config.tie_word_embeddings ? "model.embed_tokens" : "lm_head");
}

function norm(
  graph: GraphBuilder,
  weights: Weights,
  config: LlamaConfig,
  x: Value,
  name: string,
): Value {
  return graph.op("RMSNormalization", [x, weights.float(`${name}.weight`)], {
    epsilon: { float: config.rms_norm_eps },
  });
}

/** `down(silu(gate(x)) * up(x))` */
function mlp(graph: GraphBuilder, weights: Weights, block: string, x: Value): Value {
  const gate = weights.linear(x, `${block}.mlp.gate_proj`);
  const up = weights.linear(x, `${block}.mlp.up_proj`);
  const silu = graph.op("QuickGelu", [gate], { alpha: { float: 1 } }, CONTRIB);
  return weights.linear(graph.op("Mul", [silu, up]), `${block}.mlp.down_proj`);
}
