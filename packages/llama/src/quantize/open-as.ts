import { CaaError } from "@caa/core";
import { type Checkpoint, openCheckpoint } from "../checkpoint/open-checkpoint.ts";
import { openQuantized, type OpenQuantizedOptions } from "./open.ts";

/**
 * The checkpoint of a folder with its weights as `dtype` says; one that is quantized already stays as it is for `float32`.
 * @throws {CaaError} `unsupported` for other blocks than the folder has; as `openCheckpoint` and `openQuantized`
 */
export async function openAs(
  folder: string,
  dtype: "float32" | "q8" | "q4",
  { cacheDir, signal, onProgress }: Omit<OpenQuantizedOptions, "hash">,
): Promise<Checkpoint> {
  const checkpoint = await openCheckpoint(folder, { cacheDir, signal });
  const { quantized, hash } = checkpoint;
  if (dtype === "float32" || quantized === dtype) {
    return checkpoint;
  }
  if (quantized !== null) {
    throw new CaaError(
      "unsupported",
      `${folder}: expected float weights to make ${dtype} of, got ${quantized} blocks`,
      { facts: { folder, expected: dtype, got: quantized } },
    );
  }
  const bits = dtype === "q8" ? 8 : 4;
  const blocks = await openQuantized(folder, bits, { cacheDir, hash, signal, onProgress });
  return await openCheckpoint(blocks, { cacheDir, signal });
}
