import { basename, join } from "node:path";
import { createHash } from "node:crypto";
import { cachedFolder } from "../checkpoint/cached-folder.ts";
import { contentHash } from "../checkpoint/content-hash.ts";
import { isFile } from "../checkpoint/files.ts";
import { openCheckpoint } from "../checkpoint/open-checkpoint.ts";
import { ADAPTER_CONFIG, ADAPTER_WEIGHTS } from "./adapter-config.ts";
import { mergeAdapter, type MergeOptions } from "./merge-adapter.ts";

/** Changes whenever merging writes something else, so that older folders are not reused. */
const MERGE_VERSION = 1;

export interface OpenAdapterOptions extends MergeOptions {
  /** Where merged folders are kept; they can be deleted at any time. */
  readonly cacheDir: string;
}

/** Whether a folder holds a LoRA adapter instead of a model. */
export async function isAdapter(folder: string): Promise<boolean> {
  return (
    (await isFile(join(folder, ADAPTER_CONFIG))) && !(await isFile(join(folder, "config.json")))
  );
}

/**
 * The folder of `base` with the adapter merged in, made on the first call and reused afterwards.
 * @throws {CaaError} as `mergeAdapter`
 */
export async function openAdapter(
  base: string,
  adapter: string,
  { cacheDir, signal }: OpenAdapterOptions,
): Promise<string> {
  const hash = createHash("sha256")
    .update((await openCheckpoint(base, { cacheDir, signal })).hash)
    .update(await contentHash(join(adapter, ADAPTER_CONFIG), { cacheDir, signal }))
    .update(await contentHash(join(adapter, ADAPTER_WEIGHTS), { cacheDir, signal }))
    .digest("hex");
  const name = basename(adapter).replaceAll(/[^\w.-]/g, "-");
  const folder = join(cacheDir, "merged", `${name}-${hash.slice(0, 16)}-v${MERGE_VERSION}`);
  return cachedFolder({
    folder,
    files: ["config.json", "tokenizer.json", "model.safetensors"],
    make: () => mergeAdapter(base, adapter, folder, { signal }),
  });
}
