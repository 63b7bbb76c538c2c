import { CaaError, createRandom, throwIfAborted } from "@caa/core";
import type { Optimizer } from "../optimizers/optimizer.ts";
import type { Schedule } from "../optimizers/schedule.ts";
import { accumulate, globalNorm } from "../optimizers/tensors.ts";
import { totalWeight, type TrainingExample } from "./batch.ts";
import type { TrainingSession } from "./training-session.ts";

export interface TrainOptions {
  readonly optimizer: Optimizer;
  readonly learningRate: number;
  /** @default constant */
  readonly schedule?: Schedule | undefined;
  /** @default 1 */
  readonly epochs?: number | undefined;
  /** Examples a step; the last step of an epoch may have fewer. @default 1 */
  readonly batchSize?: number | undefined;
  /** Examples a run of the graph: a step's gradients are summed over runs, which saves memory. @default batchSize */
  readonly runSize?: number | undefined;
  /** Longest gradient, over all parameters together; longer ones are shortened to it. @default no limit */
  readonly clipNorm?: number | undefined;
  /** Of the order of the examples; null keeps the order given. @default 0 */
  readonly seed?: number | null | undefined;
  /** Steps that were done before, whose examples are passed over. @default 0 */
  readonly firstStep?: number | undefined;
  /** Called after each step and waited for: the place for progress, held-out accuracy and checkpoints. */
  readonly onStep?: ((event: TrainStep) => void | Promise<void>) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** What happened in one step. */
export interface TrainStep {
  /** 0-based. */
  readonly step: number;
  /** Steps in all. */
  readonly total: number;
  /** 0-based. */
  readonly epoch: number;
  /** Mean over the step's targets, before the step. */
  readonly loss: number;
  /** Of all gradients together, before clipping. */
  readonly gradientNorm: number;
  readonly learningRate: number;
}

/** Steps that `train` takes. */
export function stepCount(
  examples: number,
  { epochs = 1, batchSize = 1 }: Pick<TrainOptions, "epochs" | "batchSize"> = {},
): number {
  return epochs * Math.ceil(examples / batchSize);
}

/**
 * Trains the session's parameters in place, one optimizer step a batch, each epoch in a new seeded order. When it is
 * stopped or fails, the parameters are those after the last whole step.
 *
 * @returns every step that was taken
 * @throws {CaaError} `aborted`; `empty-selection` for no examples; `invalid-argument` for sizes that are no whole numbers
 * from 1, or when loss or gradient are no longer finite
 */
export async function train(
  session: TrainingSession,
  examples: readonly TrainingExample[],
  options: TrainOptions,
): Promise<readonly TrainStep[]> {
  const { optimizer, learningRate, epochs = 1, batchSize = 1, runSize = batchSize } = options;
  const { seed = 0 } = options;
  checkSizes({ epochs, batchSize, runSize });
  if (examples.length === 0) {
    throw new CaaError("empty-selection", "training: expected examples, got none");
  }
  if (!(learningRate >= 0)) {
    throw new CaaError(
      "invalid-argument",
      `training: expected a learning rate from 0, got ${learningRate}`,
    );
  }
  const batches = orderedBatches(examples, epochs, batchSize, seed);
  const history: TrainStep[] = [];
  for (const [step, { epoch, batch }] of batches.entries()) {
    if (step < (options.firstStep ?? 0)) {
      continue;
    }
    throwIfAborted(options.signal);
    const { loss, gradients } = await differentiateInRuns(session, batch, runSize, options.signal);
    const gradientNorm = globalNorm(gradients);
    if (!Number.isFinite(loss) || !Number.isFinite(gradientNorm)) {
      throw new CaaError(
        "invalid-argument",
        `training: step ${step} gave loss ${loss} and gradient norm ${gradientNorm}; a lower learning rate or clipping may help`,
        { facts: { step, loss, gradientNorm } },
      );
    }
    const rate = learningRate * (options.schedule?.(step) ?? 1);
    optimizer.step(session.parameters, gradients, rate, clipScale(gradientNorm, options.clipNorm));
    const event: TrainStep = {
      step,
      total: batches.length,
      epoch,
      loss,
      gradientNorm,
      learningRate: rate,
    };
    history.push(event);
    await options.onStep?.(event);
  }
  return history;
}

/** What gradients are multiplied by so that their norm is at most `clipNorm`; as in PyTorch, with 1e-6 against 0 / 0. */
function clipScale(norm: number, clipNorm: number | undefined): number {
  return clipNorm === undefined ? 1 : Math.min(1, clipNorm / (norm + 1e-6));
}

async function differentiateInRuns(
  session: TrainingSession,
  batch: readonly TrainingExample[],
  runSize: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly loss: number; readonly gradients: Map<string, Float32Array> }> {
  const divisor = totalWeight(batch);
  const gradients = new Map<string, Float32Array>();
  let loss = 0;
  for (let at = 0; at < batch.length; at += runSize) {
    throwIfAborted(signal);
    const part = await session.differentiate(batch.slice(at, at + runSize), divisor);
    loss += part.loss;
    accumulate(gradients, part.gradients);
  }
  return { loss, gradients };
}

function orderedBatches(
  examples: readonly TrainingExample[],
  epochs: number,
  batchSize: number,
  seed: number | null,
): ReadonlyArray<{ readonly epoch: number; readonly batch: readonly TrainingExample[] }> {
  const random = seed === null ? null : createRandom(seed);
  return Array.from({ length: epochs }, (_, epoch) => {
    const order = random === null ? examples : random.shuffle(examples);
    return Array.from({ length: Math.ceil(order.length / batchSize) }, (__, i) => ({
      epoch,
      batch: order.slice(i * batchSize, (i + 1) * batchSize),
    }));
  }).flat();
}

function checkSizes(sizes: Readonly<Record<string, number>>): void {
  for (const [name, value] of Object.entries(sizes)) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new CaaError(
        "invalid-argument",
        `training: ${name}: expected a whole number from 1, got ${value}`,
      );
    }
  }
}
