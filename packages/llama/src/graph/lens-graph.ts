import type { LlamaConfig } from "../config/llama-config.ts";
import { GraphBuilder } from "./graph-builder.ts";
import { readout } from "./llama-graph.ts";
import { FLOAT32, FLOAT64, type Precision, Weights, type WeightTable } from "./weights.ts";

/**
 * The model's readout alone as the bytes of an ONNX model: what rows of the residual stream, or of what is added to it, say of
 * the next token. Inputs: `rows` (M, d_model); `count` (1) int64. Outputs, of the k = `count` largest logits, the largest
 * first: `top_logits` (M, k) and `top_tokens` (M, k), ids as float32, which is exact below 2^24; and `log_sum` (M, 1),
 * `log(sum exp(z))` over the vocabulary.
 */
export function lensGraph(
  config: LlamaConfig,
  table: WeightTable,
  precision: Precision = "float32",
): Uint8Array {
  const graph = new GraphBuilder();
  const weights = new Weights(graph, table, precision);
  const rows = graph.input("rows", "float32", ["M", config.hidden_size]);
  const count = graph.input("count", "int64", [1]);

  const logits = readout(graph, weights, config, rows); // (M, V)
  const top = graph.topK(logits, count);
  graph.output("top_logits", top.values, "float32", ["M", "k"]);
  const tokens = graph.op("Cast", [top.indices], { to: FLOAT32 });
  graph.output("top_tokens", tokens, "float32", ["M", "k"]);
  // In float32 the runtime's sum over a vocabulary of 49,152 is off by up to 1e-4 of it.
  const exact = graph.op("Cast", [logits], { to: FLOAT64 });
  const logSum = graph.op("ReduceLogSumExp", [exact, graph.ints(-1)], { keepdims: 1 });
  graph.output("log_sum", graph.op("Cast", [logSum], { to: FLOAT32 }), "float32", ["M", 1]);
  return graph.build();
}
