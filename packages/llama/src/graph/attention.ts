import type { LlamaConfig } from "../config/llama-config.ts";
import { CONTRIB, type GraphBuilder, type Value } from "./graph-builder.ts";
import type { Weights } from "./weights.ts";

/** What every layer's attention reads beside its own weights and cache. */
export interface AttentionContext {
  readonly positionIds: Value;
  readonly cos: Value;
  readonly sin: Value;
  /** (B, 1, G S, T + S): the mask, once for each of the G query heads of a key-value head */
  readonly bias: Value;
  /** int64 (2): B, S */
  readonly rowsAndTokens: Value;
  readonly past: CachedPast | null;
}

interface CachedPast extends Past {
  /** int64 (2): T, S */
  readonly pastAndNew: Value;
}

/** Keys and values of the tokens before, one a layer: (B, kv heads, T, head_dim). */
export interface Past {
  readonly keys: readonly Value[];
  readonly values: readonly Value[];
}

/** Inputs `past_key.<l>`, `past_value.<l>`. T may be 0. */
export function pastInputs(graph: GraphBuilder, config: LlamaConfig): Past {
  const { num_key_value_heads, head_dim, num_hidden_layers } = config;
  const inputs = (name: string): Value[] =>
    Array.from({ length: num_hidden_layers }, (_, layer) =>
      graph.input(`${name}.${layer}`, "float32", ["B", num_key_value_heads, "T", head_dim]),
    );
  return { keys: inputs("past_key"), values: inputs("past_value") };
}

/**
 * Inputs: `position_ids` (B, S) int64; `rope_cos`, `rope_sin` (P, head_dim / 2), a row for each position;
 * `attention_bias` (B, 1, S, T + S), 0 where a token may look and -Infinity where not.
 */
export function attentionInputs(
  graph: GraphBuilder,
  config: LlamaConfig,
  ids: Value,
  past: Past | null,
): AttentionContext {
  const bias = graph.input("attention_bias", "float32", ["B", 1, "S", past === null ? "S" : "T+S"]);
  return attentionContext(graph, config, ids, past, {
    positionIds: graph.input("position_ids", "int64", ["B", "S"]),
    cos: graph.input("rope_cos", "float32", ["P", config.head_dim / 2]),
    sin: graph.input("rope_sin", "float32", ["P", config.head_dim / 2]),
    bias,
  });
}

/** Of values shaped like the inputs of `attentionInputs`; the rows of the bias may be 1 for all B. */
export function attentionContext(
  graph: GraphBuilder,
  { num_attention_heads, num_key_value_heads }: LlamaConfig,
  ids: Value,
  past: Past | null,
  given: Pick<AttentionContext, "positionIds" | "cos" | "sin" | "bias">,
): AttentionContext {
  const group = num_attention_heads / num_key_value_heads;
  const rowsAndTokens = graph.op("Shape", [ids]);
  return {
    ...given,
    bias: group === 1 ? given.bias : graph.op("Tile", [given.bias, graph.ints(1, 1, group, 1)]),
    rowsAndTokens,
    past: past && { ...past, pastAndNew: pastAndNew(graph, rowsAndTokens, past) },
  };
}

function pastAndNew(graph: GraphBuilder, rowsAndTokens: Value, past: Past): Value {
  const pastLength = graph.op("Gather", [graph.op("Shape", [past.keys[0] ?? ""]), graph.ints(2)]);
  const tokens = graph.op("Gather", [rowsAndTokens, graph.ints(1)]);
  return graph.op("Concat", [pastLength, tokens], { axis: 0 });
}

/**
 * `softmax(q kᵀ / sqrt(head_dim) + bias) v`, then the output projection; `x` and the result are (N, d_model).
 *
 * Keys are in two parts, cached and new, under one softmax, so that the cache is read in place and never copied; the new
 * ones are outputs. Without a past there are only new ones, and nobody wants them. The G query heads that share a
 * key-value head stand in one matrix (G S, head_dim), so that keys are not repeated.
 */
export function attention(
  graph: GraphBuilder,
  weights: Weights,
  config: LlamaConfig,
  context: AttentionContext,
  layer: number,
  x: Value,
): Value {
  const { num_attention_heads: heads, num_key_value_heads: kvHeads, head_dim } = config;
  const group = heads / kvHeads;
  const block = `model.layers.${layer}.self_attn`;
  const shape = (...tail: readonly number[]): Value =>
    graph.op("Concat", [context.rowsAndTokens, graph.ints(...tail)], { axis: 0 });
  const rotate = (value: Value, count: number): Value =>
    graph.op(
      "RotaryEmbedding",
      [
        graph.op("Reshape", [value, shape(count * head_dim)]),
        context.positionIds,
        context.cos,
        context.sin,
      ],
      { num_heads: count },
      CONTRIB,
    );

  const q = rotate(weights.linear(x, `${block}.q_proj`), heads); // (B, S, heads head_dim)
  const k = rotate(weights.linear(x, `${block}.k_proj`), kvHeads);
  const v = weights.linear(x, `${block}.v_proj`);

  const byHead = (value: Value): Value =>
    graph.op("Transpose", [graph.op("Reshape", [value, shape(kvHeads, head_dim)])], {
      perm: [0, 2, 1, 3],
    });
  const newKey = byHead(k); // (B, kv heads, S, head_dim)
  const newValue = byHead(v);
  if (context.past !== null) {
    graph.output(`new_key.${layer}`, newKey, "float32", ["B", kvHeads, "S", head_dim]);
    graph.output(`new_value.${layer}`, newValue, "float32", ["B", kvHeads, "S", head_dim]);
  }

  const queries = graph.op(
    "Reshape",
    [
      graph.op("Transpose", [graph.op("Reshape", [q, shape(kvHeads, group, head_dim)])], {
        perm: [0, 2, 3, 1, 4],
      }),
      graph.ints(0, 0, -1, head_dim),
    ],
    {},
  ); // (B, kv heads, G S, head_dim)

  const similarity = (keys: Value): Value =>
    graph.op(
      "FusedMatMul",
      [queries, keys],
      { transB: 1, alpha: { float: 1 / Math.sqrt(head_dim) } },
      CONTRIB,
    );
  const softmax = (scores: Value): Value =>
    graph.op("Softmax", [graph.op("Add", [scores, context.bias])], { axis: -1 });
  let mixed: Value; // (B, kv heads, G S, head_dim)
  if (context.past === null) {
    mixed = graph.op("MatMul", [softmax(similarity(newKey)), newValue]);
  } else {
    const { keys, values, pastAndNew: lengths } = context.past;
    const scores = [similarity(keys[layer] ?? ""), similarity(newKey)];
    const probabilities = softmax(graph.op("Concat", scores, { axis: 3 }));
    const parts = graph.splitInTwo(probabilities, lengths, 3);
    mixed = graph.op("Add", [
      graph.op("MatMul", [parts.first, values[layer] ?? ""]),
      graph.op("MatMul", [parts.second, newValue]),
    ]);
  }

  const tokens = graph.op("Gather", [context.rowsAndTokens, graph.ints(1)]);
  const unfolded = graph.op(
    "Concat",
    [graph.ints(0, kvHeads, group), tokens, graph.ints(head_dim)],
    { axis: 0 },
  );
  const joined = graph.op("Transpose", [graph.op("Reshape", [mixed, unfolded])], {
    perm: [0, 3, 1, 2, 4],
  });
  return weights.linear(
    graph.op("Reshape", [joined, graph.ints(-1, heads * head_dim)]),
    `${block}.o_proj`,
  );
}
