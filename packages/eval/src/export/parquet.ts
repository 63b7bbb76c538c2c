import { parquetWriteBuffer } from "hyparquet-writer";
import { columnsOf } from "./format.ts";
import type { FlatRecord } from "./records.ts";

/**
 * Rows as a parquet file: numbers as DOUBLE, texts as STRING, null as null; a column without any value is a text.
 * @throws {CaaError} as `columnsOf`
 */
export function recordsToParquet(records: readonly FlatRecord[]): Uint8Array {
  const columnData = columnsOf(records).map((name) => {
    const data = records.map((record) => record[name] ?? null);
    const isNumber = typeof data.find((value) => value !== null) === "number";
    return { name, data, type: isNumber ? ("DOUBLE" as const) : ("STRING" as const) };
  });
  return new Uint8Array(parquetWriteBuffer({ columnData }));
}
