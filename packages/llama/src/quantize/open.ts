import { CaaError } from "@caa/core";
import { rm } from "node:fs/promises";
import { basename, join } from "node:path";
import { isFile } from "../checkpoint/files.ts";
import type { QuantizedBits } from "./blocks.ts";
import { quantizeCheckpoint, type QuantizeOptions } from "./quantize-checkpoint.ts";

/** Changes whenever the quantizer writes something else from the same weights, so that older folders are not reused. */
const QUANTIZER_VERSION = 1;

export interface OpenQuantizedOptions extends QuantizeOptions {
  /** Where quantized folders are kept; they can be deleted at any time. */
  readonly cacheDir: string;
  /** The checkpoint's hash, by which its quantized folder is found again. */
  readonly hash: string;
}

/**
 * The quantized folder of a model folder, made on the first call and reused afterwards.
 *
 * @returns the folder's path
 * @throws {CaaError} as `quantizeCheckpoint`
 */
export async function openQuantized(
  folder: string,
  bits: QuantizedBits,
  { cacheDir, hash, ...options }: OpenQuantizedOptions,
): Promise<string> {
  const name = basename(folder).replaceAll(/[^\w.-]/g, "-");
  const target = join(
    cacheDir,
    "quantized",
    `${name}-${hash.slice(0, 16)}-q${bits}-v${QUANTIZER_VERSION}`,
  );
  const isComplete = async (): Promise<boolean> => isFile(join(target, "model.safetensors"));
  if (await isComplete()) {
    return target;
  }
  try {
    // Under its final name, so somebody deleted files out of it.
    await rm(target, { recursive: true, force: true });
    await quantizeCheckpoint(folder, target, bits, options);
  } catch (error) {
    // Another process may have finished the same folder first.
    if (CaaError.isInstance(error) && error.code !== "aborted" && (await isComplete())) {
      return target;
    }
    throw error;
  }
  return target;
}
