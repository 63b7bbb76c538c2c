import { randomBytes } from "node:crypto";
import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { fileError } from "./wrap-error.ts";

/** The names that files have until they are whole. */
const TEMPORARY = /^\..*\.[0-9a-f]{12}\.tmp$/;
/** No file takes that long to write: such an old one belongs to a process that was killed. */
const LEFT_BEHIND_MS = 3_600_000;
/** Folders that this process has rid of them. */
const tidied = new Set<string>();

/**
 * Writes a file so that its name only ever holds the whole of the old or of the new content, even when the process is
 * killed or the disk fills up: a temporary file beside it, flushed to the disk, then renamed. Missing folders are made. A
 * process that is killed leaves its temporary file; the next one that writes to the folder an hour later or more removes it.
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
  if (!tidied.has(folder)) {
    tidied.add(folder);
    await removeLeftBehind(folder, target);
  }
}

/** Removes temporary files that are older than the one that was just written by more than a write can take. */
async function removeLeftBehind(folder: string, written: string): Promise<void> {
  try {
    const { mtimeMs: now } = await stat(written);
    for (const name of (await readdir(folder)).filter((other) => TEMPORARY.test(other))) {
      const path = join(folder, name);
      if (now - (await stat(path)).mtimeMs > LEFT_BEHIND_MS) {
        await rm(path);
      }
    }
  } catch {
    // The file that was asked for is there; what cannot be removed, or another process has removed, harms nobody.
  }
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
