import { join } from "node:path";
import { CaaError } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import { z } from "zod";
import { DIRECTIONS } from "../behaviors/behavior.ts";
import { SET_NAMES, type SetName } from "./set-name.ts";

/** Beside the folders `generate` and `test`. */
const MANIFEST_FILE = "manifest.json";
/** One entry has 3 KB. */
const MAX_MANIFEST_BYTES: number = 4 * 2 ** 20;

const count = z.int().min(0);
const fileRecord = z.object({
  /** Relative to the data folder, with `/`. */
  file: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  items: count,
});

const setEntrySchema = z.object({
  seed: z.int(),
  /** Behaviors only: where their matching answers point in the written files. */
  direction: z.enum(DIRECTIONS).exactOptional(),
  /** Whether matching and not matching changed places. */
  flipped: z.boolean().exactOptional(),
  /** Items for vectors that ask what a test item asks, and whether they were left out. */
  leaks: z.object({ items: count, dropped: z.boolean() }).exactOptional(),
  sources: z.array(
    fileRecord.extend({
      /** How the file stands to the published one: its bytes, its items, nothing known, or something else. */
      match: z.enum(["exact", "same-items", "no-pin", "differs"]),
    }),
  ),
  /** Items of the sources that could not be used. */
  unusable: count,
  /** Items off which a label was taken. */
  labelled: count.exactOptional(),
  files: z.array(fileRecord),
});

/** How the files of one set were made; the same sources, options and seed make the same bytes. */
export type SetEntry = z.infer<typeof setEntrySchema>;
export type FileRecord = z.infer<typeof fileRecord>;
export type SourceRecord = SetEntry["sources"][number];

const manifestSchema = z.object({
  formatVersion: z.literal(1),
  sets: z.partialRecord(z.enum(SET_NAMES), setEntrySchema),
});

/** The content of `manifest.json`: how each processed set of a data folder was made. */
export type Manifest = z.infer<typeof manifestSchema>;

export const manifestPath = (dir: string): string => join(dir, MANIFEST_FILE);

/**
 * The manifest of a data folder; an empty one when there is none.
 * @throws {CaaError} io; invalid-file naming the file and the field
 */
export async function readManifest(dir: string): Promise<Manifest> {
  const path = manifestPath(dir);
  let value: unknown;
  try {
    const bytes = await readFileLimited(path, MAX_MANIFEST_BYTES);
    value = JSON.parse(new TextDecoder().decode(bytes));
  } catch (cause) {
    if (CaaError.isInstance(cause)) {
      if (cause.code === "not-found") {
        return { formatVersion: 1, sets: {} };
      }
      throw cause;
    }
    throw new CaaError("invalid-file", `${path}: expected JSON, got: ${String(cause)}`, {
      cause,
      facts: { path },
    });
  }
  const result = manifestSchema.safeParse(value);
  if (!result.success) {
    const [issue] = result.error.issues;
    const message = `${path}: field ${issue?.path.join(".") ?? ""}: ${issue?.message ?? "expected a manifest"}`;
    throw new CaaError("invalid-file", message, { facts: { path } });
  }
  return result.data;
}

/** The manifest with one entry replaced, sets in their usual order. */
export function withEntry(manifest: Manifest, name: SetName, entry: SetEntry): Manifest {
  const sets: Manifest["sets"] = {};
  for (const known of SET_NAMES) {
    const kept = known === name ? entry : manifest.sets[known];
    if (kept !== undefined) {
      sets[known] = kept;
    }
  }
  return { formatVersion: 1, sets };
}
