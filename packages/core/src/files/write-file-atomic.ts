import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileError } from "./wrap-error.ts";

/**
 * Writes a file so that its name only ever holds the whole of the old or of the new content, even when the process is
 * killed or the disk fills up: a temporary file beside it, flushed to the disk, then renamed. Missing folders are made.
 * @throws {CaaError} `io` naming the path; nothing is left behind
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const target = resolve(path);
  const folder = dirname(target);
  // Short, so that the name of a target near the longest allowed still has room.
  const temporary = join(
    folder,
    `.${basename(target).slice(0, 32)}.${randomBytes(6).toString("hex")}.tmp`,
  );
  try {
    await mkdir(folder, { recursive: true });
    const handle = await open(temporary, "wx");
    try {
      await handle.writeFile(data);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, target);
  } catch (cause) {
    // The first error counts; a temporary file that cannot be removed says nothing new.
    await rm(temporary, { force: true }).catch(() => {});
    throw fileError("write", path, cause);
  }
  await syncFolder(folder);
}

/** Makes the rename itself last through a power cut. Not every system can flush a folder; the file is whole anyway. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, "r");
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch {
    // Windows and some network file systems refuse.
  }
}
