import { CaaError } from "@caa/core";
import type { LlamaConfig } from "../../config/llama-config.ts";
import type { TokenStep } from "../../engine/jobs.ts";
import type { RopeTable } from "../../engine/rope.ts";
import { actingSteps, steeringFeeds } from "../../engine/steering-tensors.ts";
import type { Feed } from "../../runtime/session.ts";

/** A token that the model should say, and after which token of its sequence. */
export interface Target {
  /** 0-based; the logits after this token are compared with `token`. */
  readonly position: number;
  readonly token: number;
  /** Its share beside the other targets of the same step. @default 1 */
  readonly weight?: number | undefined;
}

/** One sequence to learn from. For the answer letter alone: the prompt, and one target at its last position. */
export interface TrainingExample {
  readonly ids: readonly number[];
  readonly targets: readonly Target[];
  /** Steering under which it is read. @default none */
  readonly steps?: readonly TokenStep[] | undefined;
}

/** The answer letter after a prompt, and nothing else: the loss of the reference's fine-tuning. */
export function answerExample(prompt: readonly number[], answer: number): TrainingExample {
  return { ids: prompt, targets: [{ position: prompt.length - 1, token: answer }] };
}

/** Sum of the targets' weights, by which a step's loss is divided. */
export function totalWeight(examples: readonly TrainingExample[]): number {
  let sum = 0;
  for (const { targets } of examples) {
    for (const { weight = 1 } of targets) {
      sum += weight;
    }
  }
  return sum;
}

/**
 * The inputs of the training graph for some examples, one a row, padded behind to the longest. Padding changes nothing:
 * the mask lets a token see itself and those before it, and no target stands in the padding.
 *
 * @param divisor what each target's weight is divided by: `totalWeight` of the whole step, so that a step in several
 * parts sums to the mean over all of it
 * @throws {CaaError} `empty-selection` for no example, token or target; `invalid-argument` for a token that the vocabulary
 * does not have, a position outside its sequence or a weight that is no number; `context-length`
 */
export function batchFeeds(
  config: LlamaConfig,
  rope: RopeTable,
  examples: readonly TrainingExample[],
  vectors: readonly Float32Array[],
  divisor: number,
): Map<string, Feed> {
  examples.forEach((example) => checkExample(config, example));
  const targets = examples.flatMap((example, row) =>
    example.targets.map((target) => ({ row, ...target })),
  );
  if (targets.length === 0 || !(divisor > 0)) {
    throw new CaaError("empty-selection", "training batch: expected targets, got none that count");
  }
  const rows = examples.length;
  const tokens = Math.max(...examples.map(({ ids }) => ids.length));
  const ids = new BigInt64Array(rows * tokens);
  const positions = new BigInt64Array(rows * tokens);
  examples.forEach((example, row) => {
    for (let at = 0; at < tokens; at++) {
      ids[row * tokens + at] = BigInt(example.ids[at] ?? 0);
      positions[row * tokens + at] = BigInt(at);
    }
  });
  const { cos, sin, shape: ropeShape } = rope.upTo(tokens);
  const stepsAt = examples.flatMap(({ steps = [], ids: own }) =>
    Array.from({ length: tokens }, (_, at) => (at < own.length ? actingSteps(steps, at) : [])),
  );
  const int64 = (values: readonly number[]): Feed => ({
    data: BigInt64Array.from(values, BigInt),
    shape: [values.length],
  });
  return new Map<string, Feed>([
    ["input_ids", { data: ids, shape: [rows, tokens] }],
    ["position_ids", { data: positions, shape: [rows, tokens] }],
    ["rope_cos", { data: cos, shape: ropeShape }],
    ["rope_sin", { data: sin, shape: ropeShape }],
    ["attention_bias", { data: causalMask(rows, tokens), shape: [rows, 1, tokens, tokens] }],
    ["logit_positions", int64(targets.map(({ row, position }) => row * tokens + position))],
    ["target_ids", int64(targets.map(({ token }) => token))],
    [
      "target_weights",
      {
        data: Float32Array.from(targets, ({ weight = 1 }) => weight / divisor),
        shape: [targets.length],
      },
    ],
    ...steeringFeeds(vectors, stepsAt, {
      layers: config.num_hidden_layers,
      dModel: config.hidden_size,
      rows,
      tokens,
    }),
  ]);
}

/** 0 up to a token itself, -Infinity behind it: (rows, 1, tokens, tokens). */
function causalMask(rows: number, tokens: number): Float32Array {
  const mask = new Float32Array(rows * tokens * tokens);
  for (let row = 0; row < rows; row++) {
    for (let at = 0; at < tokens; at++) {
      const start = (row * tokens + at) * tokens;
      mask.fill(Number.NEGATIVE_INFINITY, start + at + 1, start + tokens);
    }
  }
  return mask;
}

function checkExample(config: LlamaConfig, { ids, targets }: TrainingExample): void {
  const { vocab_size: vocabulary, max_position_embeddings: context } = config;
  if (ids.length === 0) {
    throw new CaaError("empty-selection", "training example: expected tokens, got none");
  }
  if (ids.length > context) {
    throw new CaaError(
      "context-length",
      `training example: expected at most ${context} tokens, got ${ids.length}`,
    );
  }
  for (const token of [...ids, ...targets.map((target) => target.token)]) {
    if (!Number.isInteger(token) || token < 0 || token >= vocabulary) {
      throw new CaaError(
        "invalid-argument",
        `training example: expected tokens from 0 to ${vocabulary - 1}, got ${token}`,
      );
    }
  }
  for (const { position, weight = 1 } of targets) {
    if (!Number.isInteger(position) || position < 0 || position >= ids.length) {
      throw new CaaError(
        "invalid-argument",
        `training example: expected a target after one of ${ids.length} tokens, got position ${position}`,
      );
    }
    if (!Number.isFinite(weight) || weight < 0) {
      throw new CaaError(
        "invalid-argument",
        `training example: expected target weights from 0, got ${weight}`,
      );
    }
  }
}
