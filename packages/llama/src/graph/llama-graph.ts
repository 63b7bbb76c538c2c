import type { LlamaConfig } from "../config/llama-config.ts";
import { attention, attentionInputs, pastInputs, type AttentionContext } from "./attention.ts";
import { GraphBuilder, CONTRIB, type Value } from "./graph-builder.ts";
import { steeringInputs, steer, type SteeringContext } from "./steering.ts";
import { type Precision, Weights, type WeightTable } from "./weights.ts";

/**
 * The steered Llama as the bytes of an ONNX model whose weights stay in their files.
 *
 * Sizes: B rows, S tokens a row, N = B S tokens in all, T cached positions, L layers, V vocabulary. Inputs beside those
 * of `attentionInputs` and `steeringInputs`: `input_ids` (B, S) int64; `residual_positions` (R) and `logit_positions`
 * (M), int64 indices into the N tokens. Outputs: `residual` (L, R, d_model), the stream after each block, steering
 * included; `logits` (M, V); and for each layer the new rows `new_key.<l>`, `new_value.<l>` (B, kv heads, S, head_dim).
 */
export function llamaGraph(
  config: LlamaConfig,
  table: WeightTable,
  precision: Precision = "float32",
): Uint8Array {
  const graph = new GraphBuilder();
  const weights = new Weights(graph, table, precision);

  const ids = graph.input("input_ids", "int64", ["B", "S"]);
  const residualPositions = graph.input("residual_positions", "int64", ["R"]);
  const logitPositions = graph.input("logit_positions", "int64", ["M"]);
  const stream = residualStream(graph, weights, config, ids, {
    attention: attentionInputs(graph, config, ids, pastInputs(graph, config)),
    steering: steeringInputs(graph, config),
  });

  const residual = stream.map((h) =>
    graph.op("Unsqueeze", [graph.op("Gather", [h, residualPositions]), graph.ints(0)]),
  );
  graph.output("residual", graph.op("Concat", residual, { axis: 0 }), "float32", [
    config.num_hidden_layers,
    "R",
    config.hidden_size,
  ]);
  const logits = readout(graph, weights, config, stream.at(-1) ?? "", logitPositions);
  graph.output("logits", logits, "float32", ["M", config.vocab_size]);
  return graph.build();
}

/** The inputs that all layers read. */
export interface BlockContext {
  readonly attention: AttentionContext;
  readonly steering: SteeringContext;
}

/** The residual stream (N, d_model) after each block, steering included. */
export function residualStream(
  graph: GraphBuilder,
  weights: Weights,
  config: LlamaConfig,
  ids: Value,
  context: BlockContext,
): readonly Value[] {
  const stream: Value[] = [];
  let h = weights.embedding(graph.op("Reshape", [ids, graph.ints(-1)]), "model.embed_tokens"); // (N, d_model)
  for (let layer = 0; layer < config.num_hidden_layers; layer++) {
    const block = `model.layers.${layer}`;
    const normed = norm(graph, weights, config, h, `${block}.input_layernorm`);
    h = graph.op("Add", [h, attention(graph, weights, config, context.attention, layer, normed)]);
    h = graph.op("Add", [
      h,
      mlp(
        graph,
        weights,
        block,
        norm(graph, weights, config, h, `${block}.post_attention_layernorm`),
      ),
    ]);
    h = steer(graph, context.steering, layer, h);
    stream.push(h);
  }
  return stream;
}

/** Logits (M, V) at M positions of the last block's residual stream. */
export function readout(
  graph: GraphBuilder,
  weights: Weights,
  config: LlamaConfig,
  h: Value,
  positions: Value,
): Value {
  const last = norm(graph, weights, config, graph.op("Gather", [h, positions]), "model.norm"); // (M, d_model)
  return weights.linear(last, config.tie_word_embeddings ? "model.embed_tokens" : "lm_head");
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
