import type { LlamaConfig } from "../config/llama-config.ts";
import { attention, attentionInputs } from "./attention.ts";
import { GraphBuilder, CONTRIB, type Value } from "./graph-builder.ts";
import { steeringInputs, steer } from "./steering.ts";
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
  const layers = config.num_hidden_layers;
  const norm = (x: Value, name: string): Value =>
    graph.op("RMSNormalization", [x, weights.float(`${name}.weight`)], {
      epsilon: { float: config.rms_norm_eps },
    });

  const ids = graph.input("input_ids", "int64", ["B", "S"]);
  const residualPositions = graph.input("residual_positions", "int64", ["R"]);
  const logitPositions = graph.input("logit_positions", "int64", ["M"]);
  const attentionContext = attentionInputs(graph, config, ids);
  const steering = steeringInputs(graph, config);

  let h = weights.embedding(graph.op("Reshape", [ids, graph.ints(-1)]), "model.embed_tokens"); // (N, d_model)
  const residual: Value[] = [];
  for (let layer = 0; layer < layers; layer++) {
    const block = `model.layers.${layer}`;
    h = graph.op("Add", [
      h,
      attention(
        graph,
        weights,
        config,
        attentionContext,
        layer,
        norm(h, `${block}.input_layernorm`),
      ),
    ]);
    h = graph.op("Add", [
      h,
      mlp(graph, weights, block, norm(h, `${block}.post_attention_layernorm`)),
    ]);
    h = steer(graph, steering, layer, h);
    residual.push(
      graph.op("Unsqueeze", [graph.op("Gather", [h, residualPositions]), graph.ints(0)]),
    );
  }

  graph.output("residual", graph.op("Concat", residual, { axis: 0 }), "float32", [
    layers,
    "R",
    config.hidden_size,
  ]);
  const last = norm(graph.op("Gather", [h, logitPositions]), "model.norm"); // (M, d_model)
  const logits = weights.linear(
    last,
    config.tie_word_embeddings ? "model.embed_tokens" : "lm_head",
  );
  graph.output("logits", logits, "float32", ["M", config.vocab_size]);
  return graph.build();
}

/** `down(silu(gate(x)) * up(x))` */
function mlp(graph: GraphBuilder, weights: Weights, block: string, x: Value): Value {
  const gate = weights.linear(x, `${block}.mlp.gate_proj`);
  const up = weights.linear(x, `${block}.mlp.up_proj`);
  const silu = graph.op("QuickGelu", [gate], { alpha: { float: 1 } }, CONTRIB);
  return weights.linear(graph.op("Mul", [silu, up]), `${block}.mlp.down_proj`);
}
