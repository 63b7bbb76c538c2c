import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CaaError } from "@caa/core";
import { ioError, readFileLimited, writeFileAtomic } from "@caa/core/files";
import { MAX_FILE_BYTES } from "../read/limits.ts";

/** A file to be written. */
export interface OutputFile {
  /** Relative to the data folder, with `/`. */
  readonly file: string;
  readonly text: string;
  /** How many items it holds, and how many the published one has; null for what holds none. */
  readonly size: { readonly items: number; readonly published: number } | null;
}

/** JSON as the published sets have it: four blanks an indent, a line break at the end. */
export function jsonFile(file: string, content: unknown): OutputFile {
  return { file, text: `${JSON.stringify(content, null, 4)}\n`, size: null };
}

export function itemsFile(file: string, items: readonly unknown[], published: number): OutputFile {
  return { ...jsonFile(file, items), size: { items: items.length, published } };
}

export const sha256Of = (text: string): string => createHash("sha256").update(text).digest("hex");

/**
 * Writes the files of a set in their order, each atomically, when one of them differs from what is there. What is replaced
 * is removed before the first is written: a set that is cut off in the middle lacks files, and is never half the old one.
 * @returns whether anything was written
 * @throws {CaaError} invalid-argument, before anything is written, when other content is there and `overwrite` is not set; io
 */
export async function writeSet(
  dir: string,
  files: readonly OutputFile[],
  { overwrite }: { readonly overwrite: boolean },
): Promise<boolean> {
  const changed: OutputFile[] = [];
  for (const output of files) {
    const path = join(dir, output.file);
    const there = await readText(path);
    if (there !== null && there !== output.text && !overwrite) {
      const message = `${path}: expected no other content there, got some that these sources, options and seed do not make; --overwrite replaces it`;
      throw new CaaError("invalid-argument", message, { facts: { path } });
    }
    if (there !== output.text) {
      changed.push(output);
    }
  }
  for (const { file } of changed) {
    const path = join(dir, file);
    await rm(path, { force: true }).catch((cause: unknown) => {
      throw ioError(`remove ${path}`, cause);
    });
  }
  for (const { file, text } of changed) {
    await writeFileAtomic(join(dir, file), text);
  }
  return changed.length > 0;
}

async function readText(path: string): Promise<string | null> {
  try {
    return new TextDecoder().decode(await readFileLimited(path, MAX_FILE_BYTES));
  } catch (error) {
    if (CaaError.isInstance(error) && error.code === "not-found") {
      return null;
    }
    throw error;
  }
}
