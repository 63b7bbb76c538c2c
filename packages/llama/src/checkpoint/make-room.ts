import { CaaError } from "@caa/core";
import { ioError } from "@caa/core/files";
import { existsSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { relative, resolve, sep } from "node:path";
import { refuseExisting } from "./build-folder.ts";

/** What one kind of folder that we write consists of. */
export interface FolderKind {
  /** In words, such as `a fine-tuned model`. */
  readonly what: string;
  /** The file by which it is known. */
  readonly record: string;
  /** The files that it may have beside that one. */
  readonly files: Iterable<string>;
}

/**
 * Whether a folder may be written to `out`: there is nothing, or, with `overwrite`, one of its kind and nothing else.
 * Nothing is removed here.
 * @throws {CaaError} `invalid-argument`, `io`
 */
export async function checkRoom(
  out: string,
  overwrite: boolean,
  { what, record, files }: FolderKind,
): Promise<void> {
  let names: readonly string[] = [];
  try {
    names = overwrite && existsSync(out) ? await readdir(out) : [];
    if (!names.includes(record)) {
      await refuseExisting(out);
      return;
    }
  } catch (error) {
    throw ioError(out, error);
  }
  const ours = new Set([record, ...files]);
  const other = names.find((name) => !ours.has(name));
  if (other !== undefined) {
    throw new CaaError(
      "invalid-argument",
      `${out}: expected ${what} and nothing else to replace, got ${other}`,
      { facts: { out, other } },
    );
  }
}

/** @throws {CaaError} `invalid-argument` when `model` lies in the folder that will be replaced */
export function checkApart(model: string, out: string): void {
  const way = relative(resolve(out), model);
  if (way === "" || (way !== ".." && !way.startsWith(`..${sep}`) && resolve(way) !== way)) {
    throw new CaaError(
      "invalid-argument",
      `${out}: expected another folder than that of the model it is made of, ${model}`,
      { facts: { out, model } },
    );
  }
}
