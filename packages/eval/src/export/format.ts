import { CaaError } from "@caa/core";
import { formatCsv } from "../plots/csv.ts";
import type { FlatRecord } from "./records.ts";

/** Rows as CSV (RFC 4180, lines end in `\n`), a line of column names first; null is empty. @throws {CaaError} as `columnsOf` */
export function recordsToCsv(records: readonly FlatRecord[]): string {
  const columns = columnsOf(records);
  return formatCsv([
    columns,
    ...records.map((record) => columns.map((column) => String(record[column] ?? ""))),
  ]);
}

/** Rows as JSON, one a line. */
export function recordsToJsonLines(records: readonly FlatRecord[]): string {
  return records.map((record) => `${JSON.stringify(record)}\n`).join("");
}

/**
 * The columns that all rows have.
 * @throws {CaaError} empty-selection without rows; invalid-argument when rows differ in them
 */
export function columnsOf(records: readonly FlatRecord[]): readonly string[] {
  const [first] = records;
  if (first === undefined) {
    throw new CaaError("empty-selection", "records: expected at least one, got none");
  }
  const columns = Object.keys(first);
  const names = columns.join();
  const other = records.findIndex((record) => Object.keys(record).join() !== names);
  if (other !== -1) {
    const message = `records: expected the columns of the first in all of them, got others in record ${other + 1}`;
    throw new CaaError("invalid-argument", message);
  }
  return columns;
}
