import type { LlamaConfig } from "../config/llama-config.ts";
import {
  attentionContext,
  type AttentionContext,
  type Past,
  pastInputs,
} from "../graph/attention.ts";
import { GraphBuilder, type ExternalTensor, type Value } from "../graph/graph-builder.ts";
import { decoderBlocks, readout } from "../graph/llama-graph.ts";
import { type AddedVectors, addVectors } from "../graph/steering.ts";
import { Weights, type WeightTable } from "../graph/weights.ts";

export interface ExportGraphOptions {
  /** Whether vectors can be added in each run. */
  readonly steering: boolean;
  /** Whether keys and values of the tokens before are inputs, and those of the new ones outputs. */
  readonly cache: boolean;
}

/** Rows of the rotary tables, (P, head_dim / 2) each, one for each position that the model knows. */
export interface RotaryTables {
  readonly cos: ExternalTensor;
  readonly sin: ExternalTensor;
}

/**
 * The Llama as the bytes of an ONNX model that stands alone: positions and the causal mask are computed within.
 *
 * B rows, S tokens a row, T tokens before, L layers, K added vectors. Input `input_ids` (B, S) int64; output `logits`
 * (B, S, V). With `steering` also `steering_vectors` (L, K, d_model) and `steering_coefficients` (L, B or 1, S or 1, K):
 * `h += coefficients V` after each block. With `cache` also `past_key.<l>`, `past_value.<l>`
 * (B, kv heads, T, head_dim) and the outputs `new_key.<l>`, `new_value.<l>` (B, kv heads, S, head_dim).
 */
export function exportGraph(
  config: LlamaConfig,
  table: WeightTable,
  rotary: RotaryTables,
  { steering, cache }: ExportGraphOptions,
): Uint8Array {
  const graph = new GraphBuilder();
  const weights = new Weights(graph, table, "float32");
  const ids = graph.input("input_ids", "int64", ["B", "S"]);
  const added = steering ? steeringInputs(graph, config, ids) : null;
  const past = cache ? pastInputs(graph, config) : null;
  const blocks = decoderBlocks(graph, weights, config, ids, {
    attention: causalAttention(graph, config, ids, past, rotary),
    steer: (layer, h) => (added === null ? h : addVectors(graph, added, layer, h)),
  });
  const logits = readout(graph, weights, config, blocks.at(-1)?.output ?? ""); // (B S, V)
  const shape = graph.op("Concat", [graph.op("Shape", [ids]), graph.ints(config.vocab_size)], {
    axis: 0,
  });
  graph.output("logits", graph.op("Reshape", [logits, shape]), "float32", [
    "B",
    "S",
    config.vocab_size,
  ]);
  return graph.build();
}

/** Coefficients may be the same for all rows or all tokens, as a size of 1 says. */
function steeringInputs(graph: GraphBuilder, config: LlamaConfig, ids: Value): AddedVectors {
  const { num_hidden_layers: layers, hidden_size } = config;
  const vectors = graph.input("steering_vectors", "float32", [layers, "K", hidden_size]);
  const given = graph.input("steering_coefficients", "float32", [layers, "B_or_1", "S_or_1", "K"]);
  const count = graph.op("Shape", [given], { start: 3 });
  const toEach = graph.op("Concat", [graph.ints(layers), graph.op("Shape", [ids]), count], {
    axis: 0,
  });
  const flat = graph.op("Concat", [graph.ints(layers, -1), count], { axis: 0 });
  const coefficients = graph.op("Reshape", [graph.op("Expand", [given, toEach]), flat]);
  return { vectors, coefficients }; // coefficients (L, B S, K)
}

/** A token is at the place where it stands in its row, and looks at itself and what stands before it. */
function causalAttention(
  graph: GraphBuilder,
  config: LlamaConfig,
  ids: Value,
  past: Past | null,
  rotary: RotaryTables,
): AttentionContext {
  const rowsAndTokens = graph.op("Shape", [ids]);
  const size = (shape: Value, axis: number): Value => graph.op("Gather", [shape, graph.int(axis)]);
  const tokens = size(rowsAndTokens, 1);
  const start = past === null ? graph.int(0) : size(graph.op("Shape", [past.keys[0] ?? ""]), 2);
  const end = graph.op("Add", [start, tokens]);
  const positions = graph.op("Range", [start, end, graph.int(1)]); // (S)
  const columns = graph.op("Range", [graph.int(0), end, graph.int(1)]); // (T + S)
  const sees = graph.op("LessOrEqual", [
    columns,
    graph.op("Unsqueeze", [positions, graph.ints(1)]),
  ]);
  const mask = graph.op("Where", [sees, graph.float(0), graph.float(Number.NEGATIVE_INFINITY)]);
  // The runtime's rotation reads beyond its tables, silently; gathering their rows refuses positions that are not there.
  const rowsAt = (name: string, table: ExternalTensor): Value =>
    graph.op("Gather", [graph.external(name, table), positions]); // (S, head_dim / 2)
  const order = graph.op("Range", [graph.int(0), tokens, graph.int(1)]);
  return attentionContext(graph, config, ids, past, {
    positionIds: graph.op("Expand", [order, rowsAndTokens]),
    cos: rowsAt("rotary.cos", rotary.cos),
    sin: rowsAt("rotary.sin", rotary.sin),
    bias: graph.op("Unsqueeze", [mask, graph.ints(0, 1)]), // (1, 1, S, T + S)
  });
}
