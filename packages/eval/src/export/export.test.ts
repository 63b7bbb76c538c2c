import { parquetReadObjects } from "hyparquet";
import { describe, expect, it } from "vitest";
import { madeUpCell } from "../../test/made-up-cells.ts";
import { recordsToCsv, recordsToJsonLines } from "./format.ts";
import { recordsToParquet } from "./parquet.ts";
import { cellRecord, itemRecords } from "./records.ts";

const cells = [madeUpCell(), madeUpCell({ layer: 3, multiplier: -1.5, system: 'Be\n"good".' })];
const records = cells.map(cellRecord);

describe("exported results", () => {
  it("have the settings and figures of a cell, null for what its type lacks", () => {
    expect(records[1]).toMatchObject({
      type: "ab",
      layer: 3,
      multiplier: -1.5,
      p_matching: cells[1]?.summary.p_matching?.mean,
      p_matching_t_low: cells[1]?.summary.p_matching?.t?.low,
      repetition: null,
      vector_hash: "c".repeat(64),
    });
    expect(cells.flatMap(itemRecords)).toMatchObject([
      { layer: 13, item: 0, score: 0.5, model_output: null },
      { layer: 3, item: 0, score: 0.5, model_output: null },
    ]);
  });

  it("read back from JSON lines and from parquet as they were", async () => {
    const lines = recordsToJsonLines(records).trimEnd().split("\n");
    expect(lines.map((line) => JSON.parse(line))).toEqual(records);
    const bytes = recordsToParquet(records);
    const file = new ArrayBuffer(bytes.length);
    new Uint8Array(file).set(bytes);
    expect(await parquetReadObjects({ file })).toEqual(records);
  });

  it("are quoted in CSV", () => {
    const csv = recordsToCsv(records);
    expect(csv.split("\n")[0]).toBe(Object.keys(records[0] ?? {}).join(","));
    expect(csv).toContain('"Be\n""good""."');
  });

  it("refuse no rows, and rows of different columns", () => {
    expect(() => recordsToCsv([])).toThrow(/at least one/);
    expect(() => recordsToParquet([{ a: 1 }, { b: 1 }])).toThrow(/others in record 2/);
  });
});
