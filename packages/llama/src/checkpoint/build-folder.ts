import { CaaError } from "@caa/core";
import { errorCode, ioError } from "@caa/core/files";
import { randomUUID } from "node:crypto";
import { mkdir, readdir, rename, rm, statfs } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";

/**
 * Makes a folder so that its final name never stands for a part of it: it is filled under another name beside and
 * renamed at the end; what a failure leaves is removed.
 *
 * @param bytes about how many bytes it will take; a disk without them is refused before work is done
 * @param options `replace` takes the place of what is there, once the new folder is whole, instead of refusing it
 * @throws {CaaError} `invalid-argument` when `folder` exists and is not empty, `io`
 */
export async function buildFolder(
  folder: string,
  bytes: number,
  fill: (temporary: string) => Promise<void>,
  { replace = false }: { readonly replace?: boolean | undefined } = {},
): Promise<void> {
  const target = resolve(folder);
  let temporary: string | undefined;
  try {
    if (!replace) {
      await refuseExisting(target);
    }
    await mkdir(dirname(target), { recursive: true });
    const { bavail, bsize } = await statfs(dirname(target));
    if (bavail * bsize < bytes) {
      throw new CaaError(
        "io",
        `${target}: expected ${bytes} free bytes on its disk, got ${bavail * bsize}`,
        { facts: { needed: bytes, free: bavail * bsize } },
      );
    }
    const beside = join(dirname(target), `.${basename(target)}.${randomUUID()}.tmp`);
    await mkdir(beside);
    temporary = beside;
    await fill(temporary);
    if (replace) {
      await rm(target, { recursive: true, force: true });
    }
    await rename(temporary, target);
  } catch (error) {
    if (temporary !== undefined) {
      await rm(temporary, { recursive: true, force: true });
    }
    throw ioError(target, error);
  }
}

/** @throws {CaaError} `invalid-argument` when the folder exists and is not empty */
export async function refuseExisting(folder: string): Promise<void> {
  try {
    if ((await readdir(folder)).length === 0) {
      return;
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      return;
    }
    throw error;
  }
  throw new CaaError("invalid-argument", `${folder}: expected no such folder, or an empty one`);
}
