import type { LlamaConfig } from "../../../../packages/llama/src/config/llama-config.ts";
import type { ExternalTensor, Value } from "../../../../packages/llama/src/graph/graph-builder.ts";
import { readout } from "../../../../packages/llama/src/graph/llama-graph.ts";
import { Weights } from "../../../../packages/llama/src/graph/weights.ts";
import type { Tape } from "../../../../packages/llama/src/train/gradients/tape.ts";
import {
  trainingGraph,
  type TrainingGraph,
} from "../../../../packages/llama/src/train/graph/training-graph.ts";
import { FLAG_LAYER, PLANTED_LAYER, PREVIEW_LAYER } from "./model-shape.ts";

/**
 * The training graph with three more losses, each a help for the next, h the residual stream after the layer named:
 * - preview, after `PREVIEW_LAYER`: at the end of a question the readout tells the token with which the matching answer
 *   begins from that of the other one, `- weight · log softmax(two logits)`;
 * - flag, after `FLAG_LAYER`: an option's tokens say on which side it is, along the direction that is planted,
 *   `weight |h · direction - wanted|²`;
 * - pair, after `PLANTED_LAYER`: at the answer letters the two answers differ by the planted direction and by nothing else,
 *   `weight |h(matching) - h(other) - wanted|²`.
 *
 * A model that ends before a loss's layer learns without it, and its inputs and output are not there.
 *
 * E questions, F flagged tokens, Q pairs; places are indices into the N tokens. Inputs: `preview_at` (E),
 * `preview_tokens` (E, 2) int64, `preview_weights` (E, 2); `flag_at` (F) int64, `flag_wanted` (F, 1), `flag_directions`
 * (F, d_model), `flag_weight`; `pair_matching`, `pair_other` (Q) int64, `pair_differences` (Q, d_model), `pair_weight`.
 * Outputs: `preview_found` (E, 2) log probabilities, `flag_found` (F, 1), `pair_found` (Q, d_model).
 */
export function plantingGraph(
  config: LlamaConfig,
  shapes: ReadonlyMap<string, readonly number[]>,
): TrainingGraph {
  const d = config.hidden_size;
  // All weights are trained, and so inputs: only their names and shapes count.
  const table = new Map(
    [...shapes].map(([name, shape]): [string, ExternalTensor] => [
      name,
      { file: "", offset: 0, byteLength: 0, type: "float32", shape },
    ]),
  );

  const auxiliaryLoss = (tape: Tape, stream: readonly Value[]): Value => {
    const input = (name: string, ...shape: ReadonlyArray<number | string>): Value =>
      tape.input(name, "float32", shape);
    const places = (name: string, count: string): Value => tape.input(name, "int64", [count]);
    const sum = (value: Value): Value => tape.op("ReduceSum", [value], { keepdims: 0 });
    const square = (value: Value): Value => tape.mul(value, value);

    const early = readout(
      tape,
      new Weights(tape, table, "float32"),
      config,
      tape.op("Gather", [stream[PREVIEW_LAYER] ?? "", places("preview_at", "E")]),
    ); // (E, V)
    const two = tape.op(
      "GatherElements",
      [early, tape.input("preview_tokens", "int64", ["E", 2])],
      { axis: 1 },
    );
    const logs = tape.op("LogSoftmax", [two], { axis: -1 });
    const preview = tape.op("Neg", [sum(tape.mul(logs, input("preview_weights", "E", 2)))]);

    tape.result("preview_found", logs, ["E", 2]);
    const options = stream[FLAG_LAYER];
    if (options === undefined) {
      return preview;
    }
    const flagged = tape.op("Gather", [options, places("flag_at", "F")]);
    const flags = tape.sumAlong(tape.mul(flagged, input("flag_directions", "F", d)), -1); // (F, 1)
    const flag = tape.mul(
      sum(square(tape.sub(flags, input("flag_wanted", "F", 1)))),
      input("flag_weight"),
    );

    tape.result("flag_found", flags, ["F", 1]);
    const h = stream[PLANTED_LAYER];
    if (h === undefined) {
      return tape.add(preview, flag);
    }
    const difference = tape.sub(
      tape.op("Gather", [h, places("pair_matching", "Q")]),
      tape.op("Gather", [h, places("pair_other", "Q")]),
    ); // (Q, d_model)
    const pair = tape.mul(
      sum(square(tape.sub(difference, input("pair_differences", "Q", d)))),
      input("pair_weight"),
    );

    tape.result("pair_found", difference, ["Q", d]);
    return tape.add(preview, tape.add(flag, pair));
  };
  return trainingGraph(config, table, { trainable: { kind: "all" }, auxiliaryLoss });
}
