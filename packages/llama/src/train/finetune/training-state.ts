import { CaaError } from "@caa/core";
import { ioError } from "@caa/core/files";
import { randomUUID } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import { isFile } from "../../checkpoint/files.ts";
import { readSafetensors } from "../../checkpoint/safetensors-files.ts";
import { SafetensorsWriter, type TensorSlot } from "../../checkpoint/write-safetensors.ts";
import { readFloats } from "../../quantize/read-floats.ts";
import type { OptimizerState, Tensors } from "../optimizers/optimizer.ts";
import type { TrainStep } from "../trainer/train.ts";
import type { HeldOutAccuracy } from "./held-out.ts";

/** A training that was stopped. */
export interface TrainingState {
  readonly parameters: Tensors;
  readonly optimizer: OptimizerState;
  /** Every step that was taken. */
  readonly history: readonly TrainStep[];
  /** Before the first step. */
  readonly before: HeldOutAccuracy | null;
}

const PARAMETER = "parameter.";
const OPTIMIZER = "optimizer.";

const number = z.number();
const count = z.int().min(0);
const schema = z.object({
  version: z.literal(1),
  key: z.string(),
  optimizerSteps: count,
  before: z.object({ n: count, accuracy: number, share: number, mass: number }).nullable(),
  history: z.array(
    z.object({
      step: count,
      total: count,
      epoch: count,
      loss: number,
      gradientNorm: number,
      learningRate: number,
    }),
  ),
});

/**
 * Writes parameters and the optimizer's memory as one safetensors file, atomically.
 * @param key of the training: model, data and settings
 * @throws {CaaError} `io`
 */
export async function saveTrainingState(
  path: string,
  key: string,
  { parameters, optimizer, history, before }: TrainingState,
): Promise<void> {
  const tensors = new Map<string, Float32Array>([
    ...[...parameters].map(([name, values]) => [PARAMETER + name, values] as const),
    ...[...optimizer.tensors].map(([name, values]) => [OPTIMIZER + name, values] as const),
  ]);
  const slots = new Map<string, TensorSlot>(
    [...tensors].map(([name, values]) => [name, { dtype: "F32", shape: [values.length] }]),
  );
  const state = { version: 1, key, optimizerSteps: optimizer.steps, before, history };
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    await mkdir(dirname(path), { recursive: true });
    const writer = await SafetensorsWriter.create(temporary, slots, {
      caa_training: JSON.stringify(state),
    });
    try {
      for (const [name, values] of tensors) {
        await writer.append(name, values);
      }
      await writer.finish();
    } finally {
      await writer.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw ioError(path, error);
  }
}

/**
 * The state that an earlier run left; null when there is none.
 * @throws {CaaError} `invalid-argument` when another training left it, `invalid-file`, `io`
 */
export async function loadTrainingState(path: string, key: string): Promise<TrainingState | null> {
  if (!(await isFile(path))) {
    return null;
  }
  const { tensors, metadata } = await readSafetensors(dirname(path), basename(path));
  const state = schema.safeParse(parse(metadata["caa_training"]));
  if (!state.success) {
    throw new CaaError("invalid-file", `${path}: expected a training that was stopped`, {
      cause: state.error,
    });
  }
  if (state.data.key !== key) {
    throw new CaaError(
      "invalid-argument",
      `${path}: expected the training of this model, data and settings, got another one; start anew with overwrite, or put this one elsewhere`,
      { facts: { path } },
    );
  }
  const read = async (prefix: string): Promise<Tensors> => {
    const found = new Map<string, Float32Array>();
    for (const [name, tensor] of tensors) {
      if (name.startsWith(prefix)) {
        found.set(name.slice(prefix.length), await readFloats(tensor, undefined));
      }
    }
    return found;
  };
  const { optimizerSteps: steps, history, before } = state.data;
  return {
    parameters: await read(PARAMETER),
    optimizer: { steps, tensors: await read(OPTIMIZER) },
    history,
    before,
  };
}

function parse(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? "");
  } catch {
    return undefined;
  }
}
