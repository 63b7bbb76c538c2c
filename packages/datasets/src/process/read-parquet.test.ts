import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { readParquet } from "./read-parquet.ts";
import { madeMmlu } from "./testing/made-parquet.ts";

let path = "";
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), "caa-parquet-")), "set.parquet");
});
afterEach(() => rm(join(path, ".."), { recursive: true }));

const row = { question: "Which?", subject: "stones", choices: ["a", "b", "c", "d"], answer: 2 };
const options = {
  columns: ["subject", "choices"],
  schema: z.object({ subject: z.string(), choices: z.array(z.string()) }),
};

/** A file that is nothing but a footer. */
function footer(...bytes: readonly number[]): Uint8Array {
  const mark = [0x50, 0x41, 0x52, 0x31];
  return Uint8Array.from([...mark, ...bytes, bytes.length, 0, 0, 0, ...mark]);
}

describe("readParquet", () => {
  it("reads the columns that are asked for", async () => {
    await writeFile(path, madeMmlu([row, row]));
    const { rows } = await readParquet(path, options);
    expect(rows).toEqual([
      { subject: "stones", choices: row.choices },
      { subject: "stones", choices: row.choices },
    ]);
  });

  it("takes no more memory and time than it may", async () => {
    await writeFile(path, madeMmlu(Array.from({ length: 200 }, () => row)));
    const small = readParquet(path, { ...options, maxUnpackedBytes: 1000 });
    await expect(small).rejects.toMatchObject({
      code: "invalid-file",
      message: `${path}: expected a parquet file, got: it needs more than 1000 bytes to unpack`,
    });
    await expect(readParquet(path, { ...options, timeLimitMs: 1 })).rejects.toThrow(
      /read in 0.001 s/,
    );
  });

  it("outlives a file that has its parser fill the memory", async () => {
    const bytes = madeMmlu(Array.from({ length: 200 }, () => row));
    // Header of the page of choices: 800 values, no nulls, 200 rows, then its encoding, which becomes a field of another number.
    const header = Buffer.from(bytes).indexOf(
      Uint8Array.of(0x15, 0xc0, 0x0c, 0x15, 0x00, 0x15, 0x90, 0x03, 0x15),
    );
    expect(header).toBeGreaterThan(0);
    bytes[header + 8] = 0xa5;
    await writeFile(path, bytes);
    const read = readParquet(path, { ...options, maxHeapMb: 64 });
    await expect(read).rejects.toMatchObject({
      code: "invalid-file",
      message: `${path}: expected a parquet file, got one that stops its reader`,
    });
  });

  it.each([
    [
      "two billion columns",
      [0x15, 2, 0x19, 0xfc, 0xff, 0xff, 0xff, 0xff, 7],
      /more than 536870912/,
    ],
    ["lists in lists without an end", Array<number>(120).fill(0x19), /expected a parquet file/],
    [
      "a number without an end",
      [0x15, ...Array<number>(110).fill(0xff)],
      /expected a parquet file/,
    ],
    ["nothing", [], /expected a parquet file/],
  ])("refuses a footer that promises %s", async (_, bytes, message) => {
    await writeFile(path, footer(...bytes));
    await expect(readParquet(path, options)).rejects.toThrow(message);
  });
});
