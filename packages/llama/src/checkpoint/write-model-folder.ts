import { throwIfAborted } from "@caa/core";
import { open, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { readExactly } from "@caa/core/gguf";
import { z } from "zod";
import { buildFolder } from "./build-folder.ts";
import { storedFloats, type StoredTensor } from "./check-weights.ts";
import { readJson } from "./files.ts";
import type { Checkpoint } from "./open-checkpoint.ts";
import { SINGLE_FILE } from "./safetensors-files.ts";
import { copySideFiles } from "./side-files.ts";
import { SafetensorsWriter, slotBytes, type TensorSlot } from "./write-safetensors.ts";

export interface WriteModelOptions {
  /** Names of the weights that are not those of the checkpoint; they are written as float32. */
  readonly changed: ReadonlySet<string>;
  /** The values of such a weight, in order, in pieces of any size. */
  readonly read: (name: string, weight: StoredTensor) => AsyncIterable<Float32Array>;
  /** More files, by name. */
  readonly files?: Readonly<Record<string, string>> | undefined;
  readonly signal?: AbortSignal | undefined;
}

const MAX_CONFIG_BYTES = 1024 * 1024;
/** Bytes copied at once. */
const CHUNK_BYTES = 4 * 1024 * 1024;

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
  { changed, read, files = {}, signal }: WriteModelOptions,
): Promise<void> {
  const weights = new Map(
    [...checkpoint.tensors].map(([name, tensor]) => [name, storedFloats(name, tensor)]),
  );
  const slots = new Map<string, TensorSlot>();
  for (const [name, { dtype, shape }] of weights) {
    slots.set(name, { dtype: changed.has(name) ? "F32" : dtype, shape });
  }
  const size = [...slots.values()].reduce((sum, slot) => sum + slotBytes(slot), 0);
  await buildFolder(folder, size, async (temporary) => {
    const path = join(temporary, SINGLE_FILE);
    const writer = await SafetensorsWriter.create(path, slots, { format: "pt" });
    try {
      for (const [name, weight] of weights) {
        throwIfAborted(signal);
        for await (const part of changed.has(name) ? read(name, weight) : bytesOf(weight)) {
          throwIfAborted(signal);
          await writer.append(name, part);
        }
      }
      await writer.finish();
    } finally {
      await writer.close();
    }
    await writeFile(join(temporary, "config.json"), await configOf(checkpoint.folder));
    await copySideFiles(checkpoint.folder, temporary);
    for (const [name, text] of Object.entries(files)) {
      await writeFile(join(temporary, name), text);
    }
  });
}

async function* bytesOf({ file, offset, byteLength }: StoredTensor): AsyncGenerator<Uint8Array> {
  const handle = await open(file, "r");
  try {
    for (let at = 0; at < byteLength; at += CHUNK_BYTES) {
      yield await readExactly(handle, offset + at, Math.min(CHUNK_BYTES, byteLength - at));
    }
  } finally {
    await handle.close();
  }
}

/** The configuration, which now names the widest type, so that other programs load changed weights without rounding. */
async function configOf(folder: string): Promise<string> {
  const config = z
    .record(z.string(), z.unknown())
    .parse(await readJson(join(folder, "config.json"), MAX_CONFIG_BYTES));
  // Newer programs write `dtype`, and heed it before the older key.
  const types = { torch_dtype: "float32", ...("dtype" in config ? { dtype: "float32" } : {}) };
  return `${JSON.stringify({ ...config, ...types }, null, 2)}\n`;
}
