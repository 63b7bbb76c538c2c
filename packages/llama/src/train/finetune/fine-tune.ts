import { CaaError } from "@caa/core";
import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { isAbsolute } from "node:path";
import { isAdapter } from "../../adapter/open-adapter.ts";
import { cacheDirectory } from "../../checkpoint/cache-directory.ts";
import { checkApart, checkRoom } from "../../checkpoint/make-room.ts";
import { openCheckpoint } from "../../checkpoint/open-checkpoint.ts";
import { findFolder } from "../../model/find-folder.ts";
import type { OpenModelOptions } from "../../model/open-model.ts";
import { openPrompts } from "../../model/open-prompts.ts";
import { chooseDevice } from "../../runtime/device.ts";
import type { Trainable } from "../graph/trainable.ts";
import { adamW } from "../optimizers/adamw.ts";
import type { Optimizer, Tensors } from "../optimizers/optimizer.ts";
import { schedule, type ScheduleName } from "../optimizers/schedule.ts";
import { sgd } from "../optimizers/sgd.ts";
import { globalNorm } from "../optimizers/tensors.ts";
import { answerExample } from "../trainer/batch.ts";
import { stepCount, train, type TrainStep } from "../trainer/train.ts";
import { TrainingSession } from "../trainer/training-session.ts";
import { type AnswerItem, encodeAnswers } from "./answer-examples.ts";
import { CARD_FILE, FINE_TUNED, RECORD_FILE } from "./fine-tuned-files.ts";
import { type HeldOutAccuracy, measureHeldOut } from "./held-out.ts";
import { type FineTuneRecord, modelCard } from "./record.ts";
import { loadTrainingState, saveTrainingState } from "./training-state.ts";
import { writeFineTuned } from "./write-fine-tuned.ts";

/** How a model is trained. The defaults are those of the reference method. */
export interface FineTuneSettings {
  readonly trainable: Trainable;
  /** @default "sgd" */
  readonly optimizer?: "sgd" | "adamw" | undefined;
  /** @default 1e-4 */
  readonly learningRate?: number | undefined;
  /** @default 0 */
  readonly weightDecay?: number | undefined;
  /** @default "constant" */
  readonly schedule?: ScheduleName | undefined;
  /** Steps over which the rate grows from 0. @default 0 */
  readonly warmup?: number | undefined;
  /** @default 1 */
  readonly epochs?: number | undefined;
  /** Items a step. @default 1 */
  readonly batchSize?: number | undefined;
  /** Longest gradient; longer ones are shortened to it. @default no limit */
  readonly clipNorm?: number | undefined;
  /** Of the order of the items and of LoRA's first values. @default 0 */
  readonly seed?: number | undefined;
}

/** How far a fine-tuning is. */
export interface FineTuneProgress {
  readonly stage: "held out, before" | "train" | "held out, after";
  readonly done: number;
  readonly total: number;
  /** The step that was done, in `train`. */
  readonly step?: TrainStep;
}

export interface FineTuneOptions
  extends
    FineTuneSettings,
    Pick<
      OpenModelOptions,
      "promptStyle" | "systemPosition" | "threads" | "token" | "cacheDirectory" | "offline"
    > {
  /** As for `openModel`; opened as float32. */
  readonly model: string;
  /** Where the model or adapter goes: no such folder, or an empty one. A training that is stopped is kept beside it. */
  readonly out: string;
  /**
   * Train anew, in place of a fine-tuned model or a stopped training there, which are removed before the first step, once
   * everything else was checked. @default false
   */
  readonly overwrite?: boolean | undefined;
  readonly items: readonly AnswerItem[];
  /** Measured before and after. @default none */
  readonly heldOut?: readonly AnswerItem[] | undefined;
  /** What the card says of the data, such as its name and hash. */
  readonly data: Readonly<Record<string, string | number | null>>;
  /** Steps between two checkpoints; one is written too when the training is stopped. @default 50 */
  readonly checkpointEvery?: number | undefined;
  readonly onOpen?: OpenModelOptions["onProgress"];
  readonly onProgress?: ((event: FineTuneProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Where a training that was stopped is kept. */
export function trainingStatePath(out: string): string {
  return `${out.replace(/[/\\]+$/, "")}.training.safetensors`;
}

/**
 * Fine-tunes a model by cross-entropy on the token in which its answers part, and nothing else, and writes it to `out`.
 * When it is stopped, the last whole step is kept beside `out`, and the same call goes on from there. Training is done in
 * this thread, which it blocks while a step is computed.
 *
 * @throws {CaaError} `empty-selection` without items; `invalid-argument` when `out` is there, or another training's state;
 * `aborted`; as `openModel`, `trainedTensors` and `train`
 */
export async function fineTune(options: FineTuneOptions): Promise<FineTuneRecord> {
  const { items, heldOut = [], out, signal, onProgress, checkpointEvery = 50 } = options;
  const { overwrite = false } = options;
  if (items.length === 0) {
    throw new CaaError("empty-selection", "fine-tuning: expected at least one item, got none");
  }
  await checkRoom(out, overwrite, FINE_TUNED);
  const { trainable, batchSize = 1, epochs = 1, learningRate = 1e-4, seed = 0 } = options;
  const cacheDir = options.cacheDirectory ?? cacheDirectory(process.env);
  const found = await findFolder(options.model, {
    ...options,
    cacheDir,
    onProgress: options.onOpen,
  });
  checkApart(found.folder, out);
  if (isAbsolute(found.reference)) {
    checkApart(found.reference, out);
  }
  if (trainable.kind === "lora" && (await isAdapter(found.reference))) {
    throw new CaaError(
      "unsupported",
      `LoRA: expected a whole model, since an adapter of an adapter cannot be opened, got the adapter ${found.reference}`,
      { facts: { model: found.reference } },
    );
  }
  const checkpoint = await openCheckpoint(found.folder, { cacheDir, signal });
  const prompts = await openPrompts(checkpoint, found.id, options);
  const lessons = encodeAnswers(prompts, items);
  const tests = encodeAnswers(prompts, heldOut);
  const total = stepCount(items.length, { epochs, batchSize });
  const course = schedule(options.schedule ?? "constant", { total, warmup: options.warmup });
  const optimizer = makeOptimizer(options);
  const settings = {
    optimizer: options.optimizer ?? "sgd",
    learningRate,
    weightDecay: options.weightDecay ?? 0,
    schedule: options.schedule ?? "constant",
    warmup: options.warmup ?? 0,
    epochs,
    batchSize,
    clipNorm: options.clipNorm ?? null,
    seed,
  };
  const key = createHash("sha256")
    .update(JSON.stringify([checkpoint.hash, prompts.style, trainable, settings, lessons, tests]))
    .digest("hex");
  const statePath = trainingStatePath(out);
  const state = overwrite ? null : await loadTrainingState(statePath, key);

  const session = await TrainingSession.open({
    config: checkpoint.config,
    weights: checkpoint.tensors,
    trainable,
    seed,
    device: chooseDevice("cpu"),
    threads: options.threads,
    signal,
  });
  try {
    const measure = async (stage: "held out, before" | "held out, after") => {
      let done = 0;
      return measureHeldOut(session, tests, {
        signal,
        onItem: () => onProgress?.({ stage, done: ++done, total: tests.length }),
      });
    };
    const history: TrainStep[] = [...(state?.history ?? [])];
    let before: HeldOutAccuracy | null;
    if (state === null) {
      before = await measure("held out, before");
      if (overwrite) {
        await rm(statePath, { force: true });
        await rm(out, { recursive: true, force: true });
      }
    } else {
      before = state.before;
      restore(session, state.parameters, statePath);
      optimizer.restore(state.optimizer);
    }
    let saved = history.length;
    const save = async (): Promise<void> => {
      const { parameters } = session;
      await saveTrainingState(statePath, key, {
        parameters,
        optimizer: optimizer.state(),
        history,
        before,
      });
      saved = history.length;
    };
    let record: FineTuneRecord;
    try {
      await train(
        session,
        lessons.map(({ ids, target }) => answerExample(ids, target)),
        {
          optimizer,
          learningRate,
          schedule: course,
          epochs,
          batchSize,
          clipNorm: options.clipNorm,
          seed,
          firstStep: history.length,
          signal,
          onStep: async (step) => {
            history.push(step);
            onProgress?.({ stage: "train", done: step.step + 1, total: step.total, step });
            if (history.length - saved >= checkpointEvery) {
              await save();
            }
          },
        },
      );
      checkFinite(session);
      const after = await measure("held out, after");
      record = {
        model: { id: found.id, hash: checkpoint.hash, promptStyle: prompts.style },
        data: options.data,
        items: items.length,
        trainable,
        parameters: [...session.parameters.values()].reduce((sum, x) => sum + x.length, 0),
        settings,
        heldOut: { before, after },
        steps: history,
      };
      await writeFineTuned(out, {
        checkpoint,
        base: found,
        trainable,
        session,
        files: {
          [CARD_FILE]: modelCard(record),
          [RECORD_FILE]: `${JSON.stringify(record, null, 2)}\n`,
        },
        signal,
      });
    } catch (error) {
      // A run that diverges would do so again from the state before.
      const kept = CaaError.isInstance(error) && (error.code === "aborted" || error.code === "io");
      if (kept && history.length > saved) {
        await save();
      }
      throw error;
    }
    await rm(statePath, { force: true });
    return record;
  } finally {
    await session.dispose();
  }
}

/** The losses of the steps do not see what the last step did. */
function checkFinite({ parameters }: TrainingSession): void {
  if (!Number.isFinite(globalNorm(parameters))) {
    throw new CaaError(
      "invalid-argument",
      "training: the last step gave weights that are not finite; a lower learning rate or clipping may help",
    );
  }
}

/** @throws {CaaError} `invalid-file` for parameters other than those of the session */
function restore({ parameters }: TrainingSession, saved: Tensors, path: string): void {
  for (const [name, values] of parameters) {
    const before = saved.get(name);
    if (before?.length !== values.length) {
      throw new CaaError(
        "invalid-file",
        `${path}: "${name}": expected ${values.length} values, got ${before?.length ?? "none"}`,
        { facts: { path, tensor: name } },
      );
    }
    values.set(before);
  }
}

function makeOptimizer({ optimizer = "sgd", weightDecay = 0 }: FineTuneSettings): Optimizer {
  return optimizer === "sgd" ? sgd({ weightDecay }) : adamW({ weightDecay });
}
