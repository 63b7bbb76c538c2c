import { CaaError } from "@caa/core";
import { MAX_ITEMS } from "./limits.ts";

/** A value of a data file and where it stands. */
export interface DataRecord {
  readonly value: unknown;
  /** Such as `item 3`, or `item 3 (line 4)` where the file has one item a line. */
  readonly where: string;
  /** 1-based. */
  readonly index: number;
  /** 1-based; only for files with one item a line. */
  readonly line?: number;
}

/**
 * The records of a JSON array, or of JSONL: what the text starts with decides, not the name of the file.
 * Blank lines are skipped, CRLF and a byte order mark are tolerated.
 * @throws {CaaError} invalid-file when it is neither, or not UTF-8; empty-selection when there is no record
 */
export function parseRecords(bytes: Uint8Array, path: string): readonly DataRecord[] {
  const text = decode(bytes, path);
  const first = text.trimStart().charAt(0);
  if (first !== "" && first !== "[" && first !== "{") {
    const message = `${path}: expected a JSON array or one JSON object a line, got a text that starts with ${JSON.stringify(first)}`;
    throw new CaaError("invalid-file", message, { facts: { path } });
  }
  const records = first === "[" ? parseArray(text, path) : parseLines(text, path);
  if (records.length === 0) {
    throw new CaaError("empty-selection", `${path}: expected at least one item, got none`, {
      facts: { path },
    });
  }
  if (records.length > MAX_ITEMS) {
    const message = `${path}: expected at most ${MAX_ITEMS} items, got ${records.length}`;
    throw new CaaError("invalid-file", message, { facts: { path } });
  }
  return records;
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes); // takes off a byte order mark
  } catch (cause) {
    throw new CaaError("invalid-file", `${path}: expected UTF-8 text, got other bytes`, {
      cause,
      facts: { path },
    });
  }
}

function parseArray(text: string, path: string): DataRecord[] {
  const value = parseJson(text, path, "a JSON array");
  return Array.isArray(value)
    ? value.map((item: unknown, i) => ({ value: item, where: `item ${i + 1}`, index: i + 1 }))
    : [];
}

function parseLines(text: string, path: string): DataRecord[] {
  const records: DataRecord[] = [];
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() !== "") {
      const index = records.length + 1;
      const where = `item ${index} (line ${i + 1})`;
      const value = parseJson(line, `${path}: ${where}`, "one JSON object on the line");
      records.push({ value, where, index, line: i + 1 });
    }
  }
  return records;
}

function parseJson(text: string, where: string, expected: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new CaaError("invalid-file", `${where}: expected ${expected}, got: ${reason}`, {
      cause,
      facts: { where },
    });
  }
}
