import { createHash } from "node:crypto";
import { basename, dirname, resolve } from "node:path";
import { readFileLimited } from "@caa/core/files";
import type { AbItem } from "../items/ab-item.ts";
import type { ChoiceItem } from "../items/choice-item.ts";
import type { OpenEndedItem } from "../items/open-ended-item.ts";
import { MAX_FILE_BYTES } from "./limits.ts";
import {
  parseAbItems,
  parseChoiceItems,
  type ParsedItems,
  parseOpenEndedItems,
} from "./parse-items.ts";
import { problemError } from "./problem.ts";

/** A data set file, read and checked. */
export interface DataSet<Item> {
  readonly path: string;
  /** SHA-256 of the file, hex. */
  readonly hash: string;
  /** The behavior that it is about. */
  readonly behavior: string;
  /** At least one, in the order of the file. */
  readonly items: readonly Item[];
  /** What reading changed, in words, such as plain pairs that became two-choice questions. */
  readonly notes?: readonly string[];
}

export interface ReadSetOptions {
  /** @default the name of the folder that holds the file */
  readonly behavior?: string;
}

/**
 * Contrast pairs from which vectors are made: JSON, JSONL or CSV, each also gzipped, of
 * `{question, answer_matching_behavior, answer_not_matching_behavior}`, the answers as letters that the question offers;
 * or of plain `{positive, negative}` with or without `question`. A plain pair becomes a question with two lettered
 * choices, since vectors are read at the letter of the answer: the question (or `Which of these would you say?`), then
 * ` (A)` and ` (B)` with the two texts, the letter of the positive one drawn evenly with a fixed seed.
 * @throws {CaaError} invalid-data names file, item and field; not-found, io, invalid-file; empty-selection
 */
export function readGenerateSet(
  path: string,
  options: ReadSetOptions = {},
): Promise<DataSet<AbItem>> {
  return readSet(path, parseAbItems, options);
}

/** A/B test items, in the format of `readGenerateSet`. @throws {CaaError} as `readGenerateSet` */
export function readAbTestSet(
  path: string,
  options: ReadSetOptions = {},
): Promise<DataSet<AbItem>> {
  return readSet(path, parseAbItems, options);
}

/** Open-ended test questions: JSON or JSONL of `{question}`. @throws {CaaError} as `readGenerateSet` */
export function readOpenEndedSet(
  path: string,
  options: ReadSetOptions = {},
): Promise<DataSet<OpenEndedItem>> {
  return readSet(path, parseOpenEndedItems, options);
}

/**
 * TruthfulQA or MMLU in two-choice form: JSON, JSONL or CSV of
 * `{prompt, correct, incorrect, correct_full_text, incorrect_full_text, category}`; the letters are offered by the prompt
 * and stand there for the texts. @throws {CaaError} as `readGenerateSet`
 */
export function readChoiceSet(
  path: string,
  options: ReadSetOptions = {},
): Promise<DataSet<ChoiceItem>> {
  return readSet(path, parseChoiceItems, options);
}

async function readSet<Item>(
  path: string,
  parse: (bytes: Uint8Array, path: string) => ParsedItems<Item>,
  options: ReadSetOptions,
): Promise<DataSet<Item>> {
  const bytes = await readFileLimited(path, MAX_FILE_BYTES);
  // Hashed here and not by path: the hash is of the very bytes that were read.
  const hash = createHash("sha256").update(bytes).digest("hex");
  const { items, problems, notes } = parse(bytes, path);
  const [first] = problems;
  if (first !== undefined) {
    throw problemError(first);
  }
  const behavior = options.behavior ?? basename(dirname(resolve(path)));
  return { path, hash, behavior, items: items.map(({ item }) => item), notes };
}
