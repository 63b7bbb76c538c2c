import { basename, join } from "node:path";
import { cachedFolder } from "../checkpoint/cached-folder.ts";
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
  return cachedFolder({
    folder: target,
    files: ["config.json", "model.safetensors"],
    make: () => quantizeCheckpoint(folder, target, bits, options),
  });
}
