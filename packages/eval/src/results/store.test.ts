import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { madeUpCell, madeUpGrid } from "../../test/made-up-cells.ts";
import type { ChoiceMeasure } from "./choice-cell.ts";
import { readCells, ResultStore } from "./store.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-store-"));
});
afterEach(() => rm(dir, { recursive: true }));

const measure: ChoiceMeasure = {
  a_prob: 0.1,
  b_prob: 0.2,
  matching_prob: 0.1,
  not_matching_prob: 0.2,
  prompt_length: 9,
  relative_dose: 0.1,
  steered: { first: 7, count: 2 },
};

describe("ResultStore", () => {
  it("gives back what was written", async () => {
    const store = new ResultStore(dir);
    const cell = madeUpCell();
    expect(await store.find(cell.settings, cell.hashes)).toBeNull();
    await store.write(cell);
    expect(await store.find(cell.settings, cell.hashes)).toEqual(cell);
    expect(dirname(store.path(cell.settings))).toBe(join(dir, "ab", "sycophancy"));
  });

  it("names the cell, what differs and --overwrite when other files made it", async () => {
    const store = new ResultStore(dir);
    const cell = madeUpCell();
    await store.write(cell);
    await expect(
      store.find(cell.settings, { ...cell.hashes, dataset: "e".repeat(64) }),
    ).rejects.toMatchObject({
      code: "invalid-data",
      message: expect.stringMatching(/layer=13_.*\.json: .* got another dataset; --overwrite/),
    });
  });

  it.each([
    ["no JSON", "{"],
    ["another version", JSON.stringify({ ...madeUpCell(), version: 2 })],
    ["a row missing", JSON.stringify({ ...madeUpCell(), rows: [] })],
    ["a probability above 1", JSON.stringify(madeUpCell()).replace('"a_prob":0.4', '"a_prob":1.4')],
    [
      "neither score nor reason",
      JSON.stringify(madeUpCell()).replace('"score":0.5', '"score":null'),
    ],
  ])("refuses a file with %s", async (_, content) => {
    const store = new ResultStore(dir);
    const { settings, hashes } = madeUpCell();
    await store.write(madeUpCell());
    await writeFile(store.path(settings), content);
    await expect(store.find(settings, hashes)).rejects.toMatchObject({ code: "invalid-file" });
    await expect(readCells(dir)).rejects.toThrow(store.path(settings));
  });
});

describe("readCells", () => {
  it("reads the cells that a filter wants, and no unfinished ones", async () => {
    const store = new ResultStore(dir);
    for (const cell of [
      ...madeUpGrid([1, 2], [-1, 0]),
      madeUpCell({ behavior: "refusal", vectors: "raw" }),
    ]) {
      await store.write(cell);
    }
    await store.choiceJournal("ab", 1).append({ item: 0, cells: { x: measure } });
    expect(await readCells(dir)).toHaveLength(5);
    expect(await readCells(dir, { behaviors: ["sycophancy"], layers: [2] })).toHaveLength(2);
    expect(await readCells(dir, { vectors: ["raw"] })).toHaveLength(1);
    expect(await readCells(dir, { multipliers: [0], models: ["other"] })).toEqual([]);
    expect(await readCells(join(dir, "none"))).toEqual([]);
  });
});

describe("Journal", () => {
  it("is a file of its own for every sweep, and read by all sweeps of its key", async () => {
    const store = new ResultStore(dir);
    const [one, two, other] = [
      store.choiceJournal("ab", "k"),
      store.choiceJournal("ab", "k"),
      store.choiceJournal("ab", "other"),
    ];
    await one.append({ item: 0, cells: { x: measure } });
    await two.append({ item: 1, cells: { y: measure } });
    await other.append({ item: 2, cells: { z: measure } });
    expect(await readdir(join(dir, "ab", ".partial"))).toHaveLength(3);
    const entries = await store.choiceJournal("ab", "k").read();
    expect(
      entries
        .map((entry) => Object.keys(entry.cells))
        .flat()
        .sort(),
    ).toEqual(["x", "y"]);
    for (const journal of [one, two, other]) {
      await journal.close();
    }
  });

  it("leaves out torn and foreign lines, wherever they are", async () => {
    const journal = new ResultStore(dir).choiceJournal("ab", "k");
    await journal.append({ item: 0, cells: { x: measure } });
    await journal.append({ item: 1, cells: { x: measure } });
    await journal.close();
    const [name = ""] = await readdir(join(dir, "ab", ".partial"));
    const path = join(dir, "ab", ".partial", name);
    const line = (await readFile(path, "utf8")).split("\n")[0] ?? "";
    await appendFile(
      path,
      `{"item":-1}\n${line.replace('"a_prob":0.1', '"a_prob":7')}\n${line.slice(0, 40)}`,
    );
    expect((await journal.read()).map((entry) => entry.item)).toEqual([0, 1]);
  });

  it("removes files of complete cells only", async () => {
    const store = new ResultStore(dir);
    const [one, two] = [store.choiceJournal("ab", "k"), store.choiceJournal("ab", "k")];
    await one.append({ item: 0, cells: { x: measure } });
    await two.append({ item: 0, cells: { x: measure, y: measure } });
    await two.close();
    await one.removeComplete((cell) => cell === "x");
    expect(
      (await store.choiceJournal("ab", "k").read()).map((entry) => Object.keys(entry.cells)),
    ).toEqual([["x", "y"]]);
  });
});
