import type { LlamaConfig } from "../../config/llama-config.ts";
import { attentionInputs } from "../../graph/attention.ts";
import type { Value } from "../../graph/graph-builder.ts";
import { decoderBlocks, readout } from "../../graph/llama-graph.ts";
import { steer, steeringInputs } from "../../graph/steering.ts";
import type { Precision, WeightTable } from "../../graph/weights.ts";
import { gradients } from "../gradients/gradients.ts";
import { Tape } from "../gradients/tape.ts";
import { AdaptedWeights } from "./adapted-weights.ts";
import { type Parameter, type Trainable, trainedTensors } from "./trainable.ts";

export interface TrainingGraphOptions {
  readonly trainable: Trainable;
  /** With false, the graph gives the loss alone: for held-out data. @default true */
  readonly gradients?: boolean | undefined;
  /** In what products with frozen or trained matrices are computed. @default "float32" */
  readonly precision?: Precision | undefined;
  /**
   * A scalar to add to the loss, made of the residual stream (N, d_model) after each block; it may declare inputs of its
   * own on the tape.
   */
  readonly auxiliaryLoss?: ((tape: Tape, stream: readonly Value[]) => Value) | undefined;
}

export interface TrainingGraph {
  /** Of a ModelProto. */
  readonly bytes: Uint8Array;
  readonly parameters: readonly Parameter[];
}

/** The name of the output that holds the gradient of a parameter. */
export function gradientName(parameter: string): string {
  return `gradient.${parameter}`;
}

/**
 * The steered Llama with a loss behind it and, from there back, the gradient of every trained tensor.
 *
 *     loss = - sum over i of weight_i log p(target_i | the tokens up to position_i)  (+ auxiliaryLoss)
 *
 * B rows, S tokens a row, N = B S, M targets. Inputs beside those of `attentionInputs` and `steeringInputs`: `input_ids`
 * (B, S) int64; `logit_positions` (M) int64, indices into the N tokens; `target_ids` (M) int64; `target_weights` (M);
 * and every trained tensor under its own name, float32. Outputs: `loss`, a scalar; `target_log_probabilities` (M);
 * `gradient.<name>` for every trained tensor. Frozen weights stay in their files. Where the
 * embeddings are trained, the row of `pad_token_id` gets no gradient from where it is read, as in Hugging Face's models.
 *
 * @throws {CaaError} as `trainedTensors` and `gradients` do
 */
export function trainingGraph(
  config: LlamaConfig,
  table: WeightTable,
  options: TrainingGraphOptions,
): TrainingGraph {
  const { gradients: withGradients = true, precision = "float32", auxiliaryLoss } = options;
  const { parameters, adapters } = trainedTensors(config, table, options.trainable);
  const tape = new Tape(parameters.map(({ name }) => name));
  const readsTrainedRows = parameters.some(({ name }) => name === "model.embed_tokens.weight");
  const weights = new AdaptedWeights(
    tape,
    asFloats(table, parameters),
    precision,
    adapters,
    readsTrainedRows ? config.pad_token_id : null,
  );

  const ids = tape.input("input_ids", "int64", ["B", "S"]);
  const positions = tape.input("logit_positions", "int64", ["M"]);
  const targets = tape.input("target_ids", "int64", ["M"]);
  const targetWeights = tape.input("target_weights", "float32", ["M"]);
  const attention = attentionInputs(tape, config, ids, null);
  const steering = steeringInputs(tape, config);
  const stream = decoderBlocks(tape, weights, config, ids, {
    attention,
    steer: (layer, h) => steer(tape, steering, layer, h),
  }).map(({ output }) => output);

  const last = tape.op("Gather", [stream.at(-1) ?? "", positions]);
  const logits = readout(tape, weights, config, last); // (M, V)
  const chosen = tape.op(
    "GatherElements",
    [tape.op("LogSoftmax", [logits], { axis: -1 }), tape.op("Unsqueeze", [targets, tape.ints(1)])],
    { axis: 1 },
  );
  const logProbabilities = tape.op("Squeeze", [chosen, tape.ints(1)]); // (M)
  const weighted = tape.mul(logProbabilities, targetWeights);
  const crossEntropy = tape.sub(
    tape.float(0), // a certain target costs 0, not -0
    tape.op("ReduceSum", [weighted], { keepdims: 0 }),
  );
  const loss =
    auxiliaryLoss === undefined
      ? crossEntropy
      : tape.add(crossEntropy, auxiliaryLoss(tape, stream));
  tape.result("loss", loss, []);
  tape.result("target_log_probabilities", logProbabilities, ["M"]);

  if (withGradients) {
    const names = parameters.map(({ name }) => name);
    const found = gradients(tape, loss, names);
    for (const { name, shape } of parameters) {
      tape.result(gradientName(name), found.get(name) ?? "", shape);
    }
  }
  return { bytes: tape.build(), parameters };
}

/** Trained weights are inputs in float32, whatever type they are stored in. */
function asFloats(table: WeightTable, parameters: readonly Parameter[]): WeightTable {
  const trained = new Set(parameters.map(({ name }) => name));
  return new Map(
    [...table].map(([name, tensor]) => [
      name,
      trained.has(name) ? { ...tensor, type: "float32" } : tensor,
    ]),
  );
}
