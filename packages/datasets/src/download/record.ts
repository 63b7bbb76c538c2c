import { join } from "node:path";
import { CaaError } from "@caa/core";
import { readFileLimited, writeFileAtomic } from "@caa/core/files";
import { z } from "zod";
import { MAX_RECORD_BYTES } from "./limits.ts";

const entrySchema = z.object({
  /** SHA-256 of the file as it lies there, hex. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  size: z.number().int().min(0),
  match: z.enum(["exact", "same-items", "no-pin", "differs"]),
  /** What is other than expected; null where nothing is. */
  reason: z.string().nullable(),
  /** An address, or the path below the folder that it was copied from. */
  origin: z.string(),
  /** The commit of a hub data set; null for what has none. */
  revision: z.string().nullable(),
});

const recordSchema = z.object({
  formatVersion: z.literal(1),
  /** By path below `raw/`, with `/`. */
  files: z.record(z.string(), entrySchema),
});

/** What is known of one file under `raw/`. */
export type RecordEntry = z.infer<typeof entrySchema>;
export type SourcesRecord = Readonly<Record<string, RecordEntry>>;

/** Where the record lies: `DIR/raw/sources.json`. */
export function recordPath(dir: string): string {
  return join(dir, "raw", "sources.json");
}

/** Empty when there is none. @throws {CaaError} io; invalid-file when it is no such record */
export async function readRecord(dir: string): Promise<SourcesRecord> {
  const path = recordPath(dir);
  let bytes: Uint8Array;
  try {
    bytes = await readFileLimited(path, MAX_RECORD_BYTES);
  } catch (error) {
    if (CaaError.isInstance(error) && error.code === "not-found") {
      return {};
    }
    throw error;
  }
  try {
    return recordSchema.parse(JSON.parse(new TextDecoder().decode(bytes))).files;
  } catch (cause) {
    const reason = cause instanceof z.ZodError ? z.prettifyError(cause) : String(cause);
    throw new CaaError(
      "invalid-file",
      `${path}: expected the record of a download, got something else (${reason}); remove it and run again`,
      { cause, facts: { path } },
    );
  }
}

/** Writes the record, its files sorted by path. @throws {CaaError} io */
export async function writeRecord(dir: string, record: SourcesRecord): Promise<void> {
  const files = Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
  const text = JSON.stringify({ formatVersion: 1, files }, null, 2);
  await writeFileAtomic(recordPath(dir), `${text}\n`);
}
