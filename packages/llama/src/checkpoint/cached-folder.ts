import { CaaError } from "@caa/core";
import { ioError } from "@caa/core/files";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { isFile } from "./files.ts";

/** A folder of the cache that other files determine; it can be deleted at any time. */
export interface CachedFolder {
  readonly folder: string;
  /** Files without which it is not whole. */
  readonly files: readonly string[];
  /** Makes the folder; it gets its name last. */
  readonly make: () => Promise<void>;
}

/**
 * The folder, made on the first call and reused afterwards.
 * @throws {CaaError} what `make` throws; `io`
 */
export async function cachedFolder({ folder, files, make }: CachedFolder): Promise<string> {
  // The name alone says that it is whole; this also sees files deleted by hand.
  const isComplete = async (): Promise<boolean> => {
    const found = await Promise.all(files.map((name) => isFile(join(folder, name))));
    return found.every(Boolean);
  };
  if (await isComplete()) {
    return folder;
  }
  try {
    await rm(folder, { recursive: true, force: true });
    await make();
  } catch (error) {
    // Another process may have finished the same folder first.
    if (CaaError.isInstance(error) && error.code !== "aborted" && (await isComplete())) {
      return folder;
    }
    throw ioError(folder, error);
  }
  return folder;
}
