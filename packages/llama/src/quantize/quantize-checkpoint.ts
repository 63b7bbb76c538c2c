import { CaaError, throwIfAborted } from "@caa/core";
import { copyFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { expectedWeights, type StoredTensor } from "../checkpoint/check-weights.ts";
import { readJson } from "../checkpoint/files.ts";
import { readWeights, SINGLE_FILE } from "../checkpoint/safetensors-files.ts";
import { copySideFiles } from "../checkpoint/side-files.ts";
import { parseLlamaConfig } from "../config/llama-config.ts";
import { buildFolder } from "../checkpoint/build-folder.ts";
import { SafetensorsWriter, slotBytes, type TensorSlot } from "../checkpoint/write-safetensors.ts";
import { BLOCK_SIZE, type QuantizedBits, quantizeBlocks } from "./blocks.ts";
import { readFloatRows } from "./read-floats.ts";

/** Bytes of weights that are written so far, and in all. */
export interface QuantizationProgress {
  readonly written: number;
  readonly total: number;
}

export interface QuantizeOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: QuantizationProgress) => void) | undefined;
}

const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * Writes a Hugging Face folder's model again, its matrices in blocks of 4 or 8 bits. Each matrix `X.weight` (out, in),
 * embeddings too, becomes `X.weight.blocks` U8 `(out, in / 32, 32 * bits / 8)` and `X.weight.scales` F32 `(out, in / 32)`,
 * as `quantizeBlocks` makes them; norms and biases become F32. The metadata of `model.safetensors` say `caa_dtype: q4`
 * or `q8`; the other files are copied. A few megabytes of weights are in memory at a time, and the folder gets its name
 * only when it is whole.
 *
 * @throws {CaaError} `not-found` for a folder without a model or a missing weight, `shape-mismatch`, `unsupported` for
 * rows that are no multiple of 32, `invalid-data` for weights that are not finite, `invalid-file`, `io`, `aborted`;
 * `invalid-argument` when `folderOut` exists and is not empty
 */
export async function quantizeCheckpoint(
  folderIn: string,
  folderOut: string,
  bits: QuantizedBits,
  { signal, onProgress }: QuantizeOptions = {},
): Promise<void> {
  const weights = await modelWeights(resolve(folderIn));
  const slots = new Map<string, TensorSlot>();
  for (const [name, tensor] of weights) {
    for (const [slotName, slot] of quantizedSlots(name, tensor.shape, bits)) {
      slots.set(slotName, slot);
    }
  }
  const total = [...slots.values()].reduce((sum, slot) => sum + slotBytes(slot), 0);
  await buildFolder(folderOut, total, async (temporary) => {
    throwIfAborted(signal);
    const metadata = { format: "pt", caa_dtype: `q${bits}`, caa_block_size: String(BLOCK_SIZE) };
    const writer = await SafetensorsWriter.create(join(temporary, SINGLE_FILE), slots, metadata);
    try {
      let written = 0;
      for (const [name, tensor] of weights) {
        for await (const rows of readFloatRows(tensor, signal)) {
          for (const [slotName, values] of quantizedRows(name, tensor.shape, rows, bits)) {
            await writer.append(slotName, values);
            written += values.byteLength;
          }
          onProgress?.({ written, total });
        }
      }
      await writer.finish();
    } finally {
      await writer.close();
    }
    await copyFile(join(folderIn, "config.json"), join(temporary, "config.json"));
    await copySideFiles(folderIn, temporary);
  });
}

/** Exactly the weights that the model reads, in the order of the forward pass. */
async function modelWeights(folder: string): Promise<ReadonlyMap<string, StoredTensor>> {
  const json = await readJson(join(folder, "config.json"), MAX_CONFIG_BYTES);
  const stored = await readWeights(folder);
  if (json === undefined || stored === undefined) {
    const missing = json === undefined ? "config.json" : SINGLE_FILE;
    throw new CaaError("not-found", `${folder}: expected ${missing}, there is none`);
  }
  const weights = new Map<string, StoredTensor>();
  for (const [name, shape] of expectedWeights(parseLlamaConfig(json))) {
    const tensor = stored.tensors.get(name);
    if (tensor === undefined) {
      throw new CaaError("not-found", `${folder}: expected tensor "${name}", there is none`, {
        facts: { tensor: name },
      });
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new CaaError(
        "shape-mismatch",
        `${folder}: tensor "${name}": expected [${shape.join(", ")}], got [${tensor.shape.join(", ")}]`,
        { facts: { tensor: name, expected: shape, got: tensor.shape } },
      );
    }
    weights.set(name, tensor);
  }
  return weights;
}

/** What becomes of one tensor: a matrix becomes two. */
function quantizedSlots(
  name: string,
  shape: readonly number[],
  bits: QuantizedBits,
): readonly (readonly [string, TensorSlot])[] {
  const [rows, columns] = shape;
  if (rows === undefined || columns === undefined) {
    return [[name, { dtype: "F32", shape }]];
  }
  if (columns % BLOCK_SIZE !== 0) {
    throw new CaaError(
      "unsupported",
      `tensor "${name}" has rows of ${columns} values, q${bits} needs a multiple of ${BLOCK_SIZE}`,
      { facts: { tensor: name, columns } },
    );
  }
  const blocks = columns / BLOCK_SIZE;
  return [
    [`${name}.blocks`, { dtype: "U8", shape: [rows, blocks, (BLOCK_SIZE * bits) / 8] }],
    [`${name}.scales`, { dtype: "F32", shape: [rows, blocks] }],
  ];
}

function quantizedRows(
  name: string,
  shape: readonly number[],
  values: Float32Array,
  bits: QuantizedBits,
): readonly (readonly [string, Float32Array | Uint8Array])[] {
  const columns = shape[1];
  if (columns === undefined) {
    return [[name, values]];
  }
  const { data, scales } = quantizeBlocks(values, values.length / columns, columns, { bits });
  return [
    [`${name}.blocks`, data],
    [`${name}.scales`, scales],
  ];
}
