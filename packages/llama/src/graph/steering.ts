import type { LlamaConfig } from "../config/llama-config.ts";
import { CONTRIB, type GraphBuilder, type Value } from "./graph-builder.ts";

/** What is added, as each layer reads it, tokens flattened to N = B S. */
export interface AddedVectors {
  /** (L, K, d_model) */
  readonly vectors: Value;
  /** (L, N, K) */
  readonly coefficients: Value;
}

/** The steering inputs as each layer reads them. */
export interface SteeringContext extends AddedVectors {
  readonly directions: Value;
  readonly ablation: Value;
  readonly clampGain: Value;
  readonly clampTarget: Value;
}

/**
 * Inputs, L layers, K added vectors and P projected directions:
 * `steering_vectors` (L, K, d_model), `steering_coefficients` (L, B, S, K);
 * `steering_directions` (L, P, d_model), unit length, with `ablation_gains`, `clamp_gains`, `clamp_targets` (L, B, S, P).
 * All zeros is the plain model; P may be 0.
 */
export function steeringInputs(graph: GraphBuilder, config: LlamaConfig): SteeringContext {
  const layers = config.num_hidden_layers;
  const byToken = (name: string, last: string): Value =>
    graph.op(
      "Reshape",
      [
        graph.input(name, "float32", [layers, "B", "S", last]),
        graph.op(
          "Concat",
          [
            graph.ints(layers),
            graph.op("ReduceProd", [graph.op("Shape", ["input_ids"])], { keepdims: 1 }),
            graph.op("Shape", [name], { start: 3 }),
          ],
          { axis: 0 },
        ),
      ],
      { allowzero: 1 },
    );
  return {
    vectors: graph.input("steering_vectors", "float32", [layers, "K", config.hidden_size]),
    coefficients: byToken("steering_coefficients", "K"),
    directions: graph.input("steering_directions", "float32", [layers, "P", config.hidden_size]),
    ablation: byToken("ablation_gains", "P"),
    clampGain: byToken("clamp_gains", "P"),
    clampTarget: byToken("clamp_targets", "P"),
  };
}

/**
 * After a block, h (N, d_model), with V the added vectors and D the unit directions, rows:
 *
 *     h += (ablation ∘ h Dᵀ) D
 *     h += (gain ∘ h Dᵀ + target) D + coefficients V
 *
 * Ablation has gain -m. A clamp has gain -1 and target m |v|, and reads the same h for all of its class, as addition
 * does, which does not depend on h: so clamping and adding are one step.
 */
export function steer(
  graph: GraphBuilder,
  context: SteeringContext,
  layer: number,
  h: Value,
): Value {
  const at = (value: Value): Value => graph.op("Gather", [value, graph.int(layer)]);
  const directions = at(context.directions); // (P, d_model)
  const project = (x: Value): Value =>
    graph.op("FusedMatMul", [x, directions], { transB: 1 }, CONTRIB); // (N, P)

  const ablated = graph.op("Add", [
    h,
    graph.op("MatMul", [graph.op("Mul", [at(context.ablation), project(h)]), directions]),
  ]);
  const clamped = graph.op("Add", [
    ablated,
    graph.op("MatMul", [
      graph.op("Add", [
        graph.op("Mul", [at(context.clampGain), project(ablated)]),
        at(context.clampTarget),
      ]),
      directions,
    ]),
  ]);
  return addVectors(graph, context, layer, clamped);
}

/** After a block: `h += coefficients V`. */
export function addVectors(
  graph: GraphBuilder,
  { coefficients, vectors }: AddedVectors,
  layer: number,
  h: Value,
): Value {
  const at = (value: Value): Value => graph.op("Gather", [value, graph.int(layer)]);
  return graph.op("Add", [h, graph.op("MatMul", [at(coefficients), at(vectors)])]);
}
