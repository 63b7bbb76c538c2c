import { throwIfAborted } from "@caa/core";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { buildFolder } from "./build-folder.ts";
import { storedFloats, type StoredTensor } from "./check-weights.ts";
import { readJson } from "./files.ts";
import type { Checkpoint } from "./open-checkpoint.ts";
import { SINGLE_FILE } from "./safetensors-files.ts";
import { copySideFiles } from "./side-files.ts";
import { storedBytes } from "./stored-bytes.ts";
import { SafetensorsWriter, slotBytes, type TensorSlot } from "./write-safetensors.ts";

export interface WriteProgress {
  readonly written: number;
  readonly total: number;
}

export interface WriteModelOptions {
  /** Names of the weights that are not those of the checkpoint; they are written as float32. */
  readonly changed: ReadonlySet<string>;
  /** The values of such a weight, in order, in pieces of any size. */
  readonly read: (name: string, weight: StoredTensor) => AsyncIterable<Float32Array>;
  /**
   * What the configuration says anew. @default float32 as the type of the weights, so that other programs load changed
   * ones without rounding
   */
  readonly config?: Readonly<Record<string, unknown>> | undefined;
  /** More files, by name. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  /** Replace the folder, once the new one is whole, instead of refusing one that is there. @default false */
  readonly replace?: boolean | undefined;
  /** In bytes. */
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * Writes a checkpoint with some of its weights changed as a Hugging Face folder of one safetensors file. It gets its
 * name only when it is whole.
 *
 * @throws {CaaError} `unsupported` for quantized weights, `shape-mismatch` for a changed weight of another size,
 * `invalid-argument` when `folder` exists and is not empty; `io`, `aborted`
 */
export async function writeModelFolder(
  checkpoint: Checkpoint,
  folder: string,
  options: WriteModelOptions,
): Promise<void> {
  const { changed, read, files = {}, replace, onProgress, signal } = options;
  const weights = new Map(
    [...checkpoint.tensors].map(([name, tensor]) => [name, storedFloats(name, tensor)]),
  );
  const slots = new Map<string, TensorSlot>();
  for (const [name, { dtype, shape }] of weights) {
    slots.set(name, { dtype: changed.has(name) ? "F32" : dtype, shape });
  }
  const total = [...slots.values()].reduce((sum, slot) => sum + slotBytes(slot), 0);
  const fill = async (temporary: string): Promise<void> => {
    const path = join(temporary, SINGLE_FILE);
    const writer = await SafetensorsWriter.create(path, slots, { format: "pt" });
    try {
      let written = 0;
      for (const [name, weight] of weights) {
        throwIfAborted(signal);
        for await (const part of changed.has(name) ? read(name, weight) : storedBytes(weight)) {
          throwIfAborted(signal);
          await writer.append(name, part);
          written += part.byteLength;
          onProgress?.({ written, total });
        }
      }
      await writer.finish();
    } finally {
      await writer.close();
    }
    const config = await configOf(checkpoint.folder, options.config);
    await writeFile(join(temporary, "config.json"), config);
    await copySideFiles(checkpoint.folder, temporary);
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(temporary, name), text);
    }
  };
  await buildFolder(folder, total, fill, { replace });
}

async function configOf(
  folder: string,
  changes: Readonly<Record<string, unknown>> | undefined,
): Promise<string> {
  const config = z
    .record(z.string(), z.unknown())
    .parse(await readJson(join(folder, "config.json"), MAX_CONFIG_BYTES));
  // Newer programs write `dtype`, and heed it before the older key.
  const types = { torch_dtype: "float32", ...("dtype" in config ? { dtype: "float32" } : {}) };
  return `${JSON.stringify({ ...config, ...(changes ?? types) }, null, 2)}\n`;
}
