import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CaaError } from "@caa/core";
import { ioError, readFileLimited, writeFileAtomic } from "@caa/core/files";
import { filesOf, type Source, type SourceFile } from "../sources/source.ts";
import { MAX_ORIGINAL_BYTES } from "./limits.ts";
import { matchOriginal, type Verdict } from "./match.ts";
import type { SourcesRecord } from "./record.ts";

/** Copies that differ from their pin lie in this folder of their set. */
export const DIFFERS = "differs";

/** A copy under its final name, and how it stands to its pin. */
export interface PresentFile extends Verdict {
  readonly file: SourceFile;
  /** Its name in the folder of the set: that of `file`, perhaps with `.gz`. */
  readonly name: string;
}

/** The original files of a set under `DIR/raw/<set>`, compared with their pins. @throws {CaaError} io */
export async function readRawFolder(
  dir: string,
  source: Source,
  record: SourcesRecord,
): Promise<readonly PresentFile[]> {
  const present: PresentFile[] = [];
  for (const file of filesOf(source)) {
    for (const name of [file.name, `${file.name}.gz`]) {
      const path = join(dir, "raw", source.name, name);
      const bytes = await readIfThere(path);
      if (bytes !== null) {
        const verdict = matchOriginal(bytes, file, path);
        present.push({ file, name, ...sinceRecorded(verdict, record[`${source.name}/${name}`]) });
      }
    }
  }
  return present;
}

/** Without a pin the record is what a file can be compared with. */
function sinceRecorded(verdict: Verdict, recorded: SourcesRecord[string] | undefined): Verdict {
  if (verdict.match !== "no-pin" || recorded === undefined || recorded.sha256 === verdict.sha256) {
    return verdict;
  }
  const reason = `expected SHA-256 ${recorded.sha256} as recorded when it came, got ${verdict.sha256}`;
  return { ...verdict, match: "differs", reason };
}

/**
 * Writes a copy under its final name, or apart when it differs; gives its name in the folder of the set.
 * @throws {CaaError} io
 */
export async function placeOriginal(
  dir: string,
  source: Source,
  name: string,
  bytes: Uint8Array,
  verdict: Verdict,
): Promise<string> {
  const placed =
    verdict.match === "differs" ? `${DIFFERS}/${verdict.sha256.slice(0, 8)}-${name}` : name;
  await writeFileAtomic(join(dir, "raw", source.name, placed), bytes);
  return placed;
}

/** Takes a copy that differs away from its final name. @throws {CaaError} io */
export async function keepApart(
  dir: string,
  source: Source,
  present: PresentFile,
): Promise<string> {
  const path = join(dir, "raw", source.name, present.name);
  const bytes = await readFileLimited(path, MAX_ORIGINAL_BYTES);
  const placed = await placeOriginal(dir, source, present.name, bytes, present);
  try {
    await rm(path);
  } catch (error) {
    throw ioError(`remove ${path}`, error);
  }
  return placed;
}

/** Null when there is no such file. @throws {CaaError} io; invalid-file for what is too large or a folder */
export async function readIfThere(path: string): Promise<Uint8Array | null> {
  try {
    return await readFileLimited(path, MAX_ORIGINAL_BYTES);
  } catch (error) {
    if (CaaError.isInstance(error) && error.code === "not-found") {
      return null;
    }
    throw error;
  }
}
