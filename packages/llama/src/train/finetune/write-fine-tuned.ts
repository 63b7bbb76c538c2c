import { CaaError } from "@caa/core";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  ADAPTER_CONFIG,
  ADAPTER_WEIGHTS,
  type AdapterConfig,
  PEFT_PREFIX,
} from "../../adapter/adapter-config.ts";
import { buildFolder } from "../../checkpoint/build-folder.ts";
import type { Checkpoint } from "../../checkpoint/open-checkpoint.ts";
import { writeModelFolder } from "../../checkpoint/write-model-folder.ts";
import {
  SafetensorsWriter,
  slotBytes,
  type TensorSlot,
} from "../../checkpoint/write-safetensors.ts";
import type { FoundModel } from "../../model/find-folder.ts";
import type { LoraAdapter, Trainable } from "../graph/trainable.ts";
import type { TrainingSession } from "../trainer/training-session.ts";

export interface WriteFineTunedOptions {
  readonly checkpoint: Checkpoint;
  /** What opens the base model again. */
  readonly base: Pick<FoundModel, "reference" | "revision">;
  readonly trainable: Trainable;
  readonly session: Pick<TrainingSession, "parameters" | "shapes">;
  /** More files, by name. */
  readonly files: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Writes what was trained: a whole model as a Hugging Face folder, LoRA factors as a PEFT adapter.
 * @throws {CaaError} as `writeModelFolder`
 */
export async function writeFineTuned(out: string, options: WriteFineTunedOptions): Promise<void> {
  const { checkpoint, trainable, session, files, signal } = options;
  if (trainable.kind === "lora") {
    await writeAdapter(out, trainable, options);
    return;
  }
  await writeModelFolder(checkpoint, out, {
    changed: new Set(session.parameters.keys()),
    read: async function* (name) {
      yield valuesOf(session, name);
    },
    files,
    signal,
  });
}

async function writeAdapter(
  out: string,
  { rank, alpha = rank, projections = ["q_proj", "v_proj"], layers }: LoraAdapter,
  { base, session, files }: WriteFineTunedOptions,
): Promise<void> {
  const slots = new Map<string, TensorSlot>(
    [...session.shapes].map(([name, shape]) => [PEFT_PREFIX + name, { dtype: "F32", shape }]),
  );
  const config: AdapterConfig & Readonly<Record<string, unknown>> = {
    peft_type: "LORA",
    task_type: "CAUSAL_LM",
    base_model_name_or_path: base.reference,
    revision: base.revision,
    r: rank,
    lora_alpha: alpha,
    lora_dropout: 0,
    target_modules: projections,
    layers_to_transform: layers ?? null,
    bias: "none",
    fan_in_fan_out: false,
    inference_mode: true,
  };
  const size = [...slots.values()].reduce((sum, slot) => sum + slotBytes(slot), 0);
  await buildFolder(out, size, async (temporary) => {
    const path = join(temporary, ADAPTER_WEIGHTS);
    const writer = await SafetensorsWriter.create(path, slots, { format: "pt" });
    try {
      for (const name of session.shapes.keys()) {
        await writer.append(PEFT_PREFIX + name, valuesOf(session, name));
      }
      await writer.finish();
    } finally {
      await writer.close();
    }
    const texts = { ...files, [ADAPTER_CONFIG]: `${JSON.stringify(config, null, 2)}\n` };
    for (const [name, text] of Object.entries(texts)) {
      await writeFile(join(temporary, name), text);
    }
  });
}

function valuesOf({ parameters }: Pick<TrainingSession, "parameters">, name: string): Float32Array {
  const values = parameters.get(name);
  if (values === undefined) {
    throw new CaaError("not-found", `training: expected a parameter "${name}", there is none`);
  }
  return values;
}
