import { createHash } from "node:crypto";
import { basename, dirname, resolve } from "node:path";
import { CaaError } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import type { z } from "zod";
import { type AbItem, abItemSchema } from "../items/ab-item.ts";
import { type OpenEndedItem, openEndedItemSchema } from "../items/open-ended-item.ts";
import { MAX_FILE_BYTES } from "./limits.ts";
import { type DataRecord, parseRecords } from "./parse-records.ts";

/** A data set file, read and checked. */
export interface DataSet<Item> {
  readonly path: string;
  /** SHA-256 of the file, hex. */
  readonly hash: string;
  /** The behavior that it is about. */
  readonly behavior: string;
  /** At least one, in the order of the file. */
  readonly items: readonly Item[];
}

export interface ReadSetOptions {
  /** @default the name of the folder that holds the file */
  readonly behavior?: string;
}

/**
 * Contrast pairs from which vectors are made: JSON or JSONL of
 * `{question, answer_matching_behavior, answer_not_matching_behavior}`.
 * @throws {CaaError} invalid-data names file, item and field; not-found, io, invalid-file; empty-selection
 */
export function readGenerateSet(
  path: string,
  options: ReadSetOptions = {},
): Promise<DataSet<AbItem>> {
  return readSet(path, abItemSchema, options);
}

/** A/B test items, in the format of `readGenerateSet`. @throws {CaaError} as `readGenerateSet` */
export function readAbTestSet(
  path: string,
  options: ReadSetOptions = {},
): Promise<DataSet<AbItem>> {
  return readSet(path, abItemSchema, options);
}

/** Open-ended test questions: JSON or JSONL of `{question}`. @throws {CaaError} as `readGenerateSet` */
export function readOpenEndedSet(
  path: string,
  options: ReadSetOptions = {},
): Promise<DataSet<OpenEndedItem>> {
  return readSet(path, openEndedItemSchema, options);
}

async function readSet<Item>(
  path: string,
  schema: z.ZodType<Item>,
  options: ReadSetOptions,
): Promise<DataSet<Item>> {
  const bytes = await readFileLimited(path, MAX_FILE_BYTES);
  // Hashed here and not by path: the hash is of the very bytes that were read.
  const hash = createHash("sha256").update(bytes).digest("hex");
  const items = parseRecords(bytes, path).map((record) => parseItem(record, schema, path));
  const behavior = options.behavior ?? basename(dirname(resolve(path)));
  return { path, hash, behavior, items };
}

function parseItem<Item>(record: DataRecord, schema: z.ZodType<Item>, path: string): Item {
  const result = schema.safeParse(record.value);
  if (result.success) {
    return result.data;
  }
  const [issue] = result.error.issues;
  const field = issue?.path[0] === undefined ? "" : String(issue.path[0]);
  const reason = issue?.message ?? "expected a valid item";
  const message = `${path}: ${record.where}${field === "" ? "" : `, field ${field}`}: ${reason}`;
  const facts = { path, item: record.index, line: record.line, field };
  throw new CaaError("invalid-data", message, { facts });
}
