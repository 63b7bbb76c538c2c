import { basename, relative, sep } from "node:path";
import { readFileLimited } from "@caa/core/files";
import { matchOriginal } from "../download/match.ts";
import { MAX_FILE_BYTES } from "../read/limits.ts";
import { sourceOf } from "../sources/catalog.ts";
import { filesOf } from "../sources/source.ts";
import type { SourceRecord } from "./manifest.ts";
import type { SetName } from "./set-name.ts";

/** A raw file that was read. */
export interface ReadFile {
  readonly path: string;
  /** SHA-256 of the file as it lies there, hex. */
  readonly sha256: string;
  readonly items: number;
}

export interface RecordedSources {
  readonly sources: SourceRecord[];
  /** Of files that are not the published ones. */
  readonly notes: readonly string[];
}

/** What the manifest says of raw files under `dir`, and how they stand to the published ones. @throws {CaaError} not-found, io */
export async function recordSources(
  dir: string,
  name: SetName,
  files: readonly ReadFile[],
): Promise<RecordedSources> {
  const sources: SourceRecord[] = [];
  const notes: string[] = [];
  for (const { path, sha256, items } of files) {
    const published = filesOf(sourceOf(name)).find(
      (known) => known.name === basename(path).replace(/\.gz$/, ""),
    );
    const file = relative(dir, path).split(sep).join("/");
    const verdict =
      published === undefined
        ? null
        : matchOriginal(await readFileLimited(path, MAX_FILE_BYTES), published, path);
    if (verdict?.match === "differs") {
      notes.push(`${file} is not the published file: ${verdict.reason ?? "its bytes differ"}`);
    }
    sources.push({ file, sha256, items, match: verdict?.match ?? "no-pin" });
  }
  return { sources, notes };
}
