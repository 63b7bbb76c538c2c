import { CaaError } from "@caa/core";
import type { LlamaConfig } from "../../config/llama-config.ts";
import { RopeTable } from "../../engine/rope.ts";
import type { Value } from "../../graph/graph-builder.ts";
import type { Precision, WeightTable } from "../../graph/weights.ts";
import { type Feed, GraphSession, type SessionOptions } from "../../runtime/session.ts";
import type { Tape } from "../gradients/tape.ts";
import type { Parameter, Trainable } from "../graph/trainable.ts";
import { gradientName, trainingGraph } from "../graph/training-graph.ts";
import { batchFeeds, totalWeight, type TrainingExample } from "./batch.ts";
import { initialParameters, type ParameterValues } from "./parameters.ts";

export interface TrainingSessionOptions extends SessionOptions {
  readonly config: LlamaConfig;
  /** The checkpoint's weights, where they lie. */
  readonly weights: WeightTable;
  readonly trainable: Trainable;
  /** Of LoRA's first values. @default 0 */
  readonly seed?: number | undefined;
  /** @default "float32" */
  readonly precision?: Precision | undefined;
  /** Each (d_model): what the examples' steps add or project. @default none */
  readonly vectors?: readonly Float32Array[] | undefined;
  /** See `TrainingGraphOptions`; `auxiliaryFeeds` gives the inputs that it declares. */
  readonly auxiliaryLoss?: ((tape: Tape, stream: readonly Value[]) => Value) | undefined;
  readonly auxiliaryFeeds?:
    | ((examples: readonly TrainingExample[]) => ReadonlyMap<string, Feed>)
    | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface LossAndGradients {
  readonly loss: number;
  /** By parameter. */
  readonly gradients: ParameterValues;
}

/**
 * The training graph with the current values of what is trained. It blocks the thread while the runtime computes.
 *
 * Parameters and gradients are float32 in JavaScript's memory, twice the size of what is trained; the runtime holds
 * frozen weights for the forward and for the backward product.
 */
export class TrainingSession {
  /** Current values; an optimizer changes them in place. */
  readonly parameters: Map<string, Float32Array>;
  readonly shapes: ReadonlyMap<string, readonly number[]>;
  readonly #options: TrainingSessionOptions;
  readonly #rope: RopeTable;
  readonly #session: GraphSession;
  #lossOnly: GraphSession | undefined;

  private constructor(
    options: TrainingSessionOptions,
    session: GraphSession,
    parameters: readonly Parameter[],
    values: Map<string, Float32Array>,
  ) {
    this.#options = options;
    this.#rope = new RopeTable(options.config);
    this.#session = session;
    this.parameters = values;
    this.shapes = new Map(parameters.map(({ name, shape }) => [name, shape]));
  }

  /** @throws {CaaError} as `trainingGraph` and `initialParameters` do; `device` when the runtime refuses */
  static async open(options: TrainingSessionOptions): Promise<TrainingSession> {
    const graph = trainingGraph(options.config, options.weights, options);
    const values = await initialParameters(graph.parameters, options.weights, {
      seed: options.seed ?? 0,
      signal: options.signal,
    });
    const session = await GraphSession.create(graph.bytes, options);
    return new TrainingSession(options, session, graph.parameters, values);
  }

  /**
   * Mean loss over the examples' targets, by their weights, and its gradients.
   * @param divisor of the targets' weights, where the examples are a part of a step. @default `totalWeight(examples)`
   * @throws {CaaError} as `batchFeeds` does
   */
  async differentiate(
    examples: readonly TrainingExample[],
    divisor: number = totalWeight(examples),
  ): Promise<LossAndGradients> {
    const names = [...this.parameters.keys()];
    const outputs = ["loss", ...names.map(gradientName)];
    const results = await this.#session.run(this.#feeds(examples, divisor), outputs);
    return {
      loss: results.get("loss")?.[0] ?? Number.NaN,
      gradients: new Map(
        names.map((name) => [name, results.get(gradientName(name)) ?? new Float32Array(0)]),
      ),
    };
  }

  /**
   * `log p(target | tokens before)` of every target, example by example, without gradients.
   * @throws {CaaError} as `batchFeeds` does
   */
  async logProbabilities(
    examples: readonly TrainingExample[],
  ): Promise<ReadonlyArray<readonly number[]>> {
    this.#lossOnly ??= await this.#openLossOnly();
    const feeds = this.#feeds(examples, totalWeight(examples));
    const results = await this.#lossOnly.run(feeds, ["target_log_probabilities"]);
    const values = results.get("target_log_probabilities") ?? new Float32Array(0);
    let at = 0;
    return examples.map(({ targets }) => [...values.subarray(at, (at += targets.length))]);
  }

  /** Safe to call twice. */
  async dispose(): Promise<void> {
    await this.#session.release();
    await this.#lossOnly?.release();
  }

  #feeds(examples: readonly TrainingExample[], divisor: number): Map<string, Feed> {
    const { config, vectors = [], auxiliaryFeeds } = this.#options;
    const feeds = batchFeeds(config, this.#rope, examples, vectors, divisor);
    for (const [name, data] of this.parameters) {
      feeds.set(name, { data, shape: this.shapes.get(name) ?? [] });
    }
    for (const [name, feed] of auxiliaryFeeds?.(examples) ?? []) {
      if (feeds.has(name)) {
        throw new CaaError("invalid-argument", `auxiliary loss: input "${name}" is taken`);
      }
      feeds.set(name, feed);
    }
    return feeds;
  }

  async #openLossOnly(): Promise<GraphSession> {
    const { auxiliaryLoss: _, ...options } = this.#options;
    const { bytes } = trainingGraph(options.config, options.weights, {
      ...options,
      gradients: false,
    });
    return GraphSession.create(bytes, options);
  }
}
