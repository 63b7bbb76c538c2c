import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { DataSet } from "@caa/datasets";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import {
  createPlantedModel,
  LAYERS,
  plantedItems,
  plantedVectors,
} from "../../test/planted-model.ts";
import { runAbSweep } from "../ab/ab-sweep.ts";
import { readCells, ResultStore } from "../results/store.ts";
import { vectorAtEveryLayer } from "../vectors/override-layer.ts";
import { runChoiceSweep } from "./choice-sweep.ts";
import { choiceQuestions, type ChoiceQuestion } from "./question.ts";

let root = "";
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "caa-choice-"));
});
afterEach(() => rm(root, { recursive: true }));

const vectors = plantedVectors();

/** Made-up questions in two categories, three items to one. */
function questions(count: number): DataSet<ChoiceQuestion> {
  return choiceQuestions({
    path: "mmlu.json",
    hash: "e".repeat(64),
    behavior: "agreeing",
    items: plantedItems(count).items.map((item, i) => ({
      prompt: item.question,
      correct: item.answer_matching_behavior,
      incorrect: item.answer_not_matching_behavior,
      correctLetter: item.matchingLetter,
      incorrectLetter: item.notMatchingLetter,
      correct_full_text: "agree",
      incorrect_full_text: "refuse",
      category: i % 4 === 0 ? "rivers" : "arithmetic",
    })),
  });
}

const options = (count = 8) => ({
  model: createPlantedModel(),
  vectors,
  layers: [1],
  multipliers: [0, 1],
  store: new ResultStore(root),
  dataset: questions(count),
});

describe("runChoiceSweep", () => {
  it("gives tests with categories the mean over the categories' means", async () => {
    const { cells } = await runChoiceSweep({ ...options(), type: "mmlu" });
    expect(cells).toHaveLength(2);
    for (const { summary, rows, settings } of cells) {
      expect(settings).toMatchObject({ type: "mmlu", behavior: "agreeing" });
      expect(summary.categories?.map(({ category, n }) => [category, n])).toEqual([
        ["arithmetic", 6],
        ["rivers", 2],
      ]);
      const means = ["arithmetic", "rivers"].map((name) => {
        const own = rows.filter(({ category }) => category === name);
        return own.reduce((sum, { score }) => sum + (score ?? 0), 0) / own.length;
      });
      expect(summary.categories?.map(({ mean }) => mean)).toEqual(means);
      expect(summary.p_matching?.mean).toBeCloseTo(((means[0] ?? 0) + (means[1] ?? 0)) / 2, 12);
      expect(summary.p_matching?.t?.low).toBeLessThan(Math.min(...means));
    }
  });

  it("keeps types apart in one store, and reads those that are asked for", async () => {
    await runChoiceSweep({ ...options(), type: "mmlu" });
    await runChoiceSweep({ ...options(), type: "truthful_qa" });
    await runAbSweep({ ...options(), dataset: plantedItems(8) });
    const types = async (...names: ReadonlyArray<"ab" | "mmlu" | "truthful_qa">) =>
      (await readCells(root, names.length === 0 ? {} : { types: names })).map(
        ({ settings }) => settings.type,
      );
    expect(await types()).toEqual(["ab", "ab", "mmlu", "mmlu", "truthful_qa", "truthful_qa"]);
    expect(await types("truthful_qa", "ab")).toEqual(["ab", "ab", "truthful_qa", "truthful_qa"]);
  });

  it("names what is overridden in the settings, so that cells are not mixed", async () => {
    const layers = Array.from({ length: LAYERS }, (_, layer) => layer);
    const spread = vectorAtEveryLayer(vectors, 2, layers);
    expect(layers.map((layer) => spread.vector(layer))).toEqual(
      layers.map(() => vectors.vector(2)),
    );
    const own = await runChoiceSweep({ ...options(), type: "mmlu" });
    const overridden = await runChoiceSweep({
      ...options(),
      type: "mmlu",
      vectors: spread,
      overrideVector: 2,
    });
    expect(overridden.kept).toBe(0);
    expect(overridden.cells[1]?.settings.overrideVector).toBe(2);
    expect(own.cells[1]?.settings.overrideVector).toBeNull();

    const foreign = vectors.scaled(() => 1, { modelId: "other/model", modelHash: "f".repeat(64) });
    const other = { ...options(), type: "mmlu", vectors: foreign } as const;
    await expect(runChoiceSweep(other)).rejects.toMatchObject({ code: "incompatible-vector" });
    const taken = await runChoiceSweep({ ...other, otherVectorModel: true });
    expect(taken.kept).toBe(0);
    expect(taken.cells[0]?.settings.overrideVectorModel).toBe("other/model");
  });

  it("reads and keeps cells of before, which lack the settings that came later", async () => {
    const made = await runAbSweep({ ...options(), dataset: plantedItems(4) });
    const store = new ResultStore(root);
    for (const { settings } of made.cells) {
      const path = store.path(settings);
      const cell = JSON.parse(await readFile(path, "utf8"));
      for (const later of ["overrideVector", "overrideVectorModel", "systemPrompt"]) {
        delete cell.settings[later];
      }
      delete cell.summary.categories;
      for (const row of cell.rows) {
        delete row.category;
      }
      await writeFile(path, JSON.stringify(cell));
      expect(dirname(path)).toBe(join(root, "ab", "agreeing"));
    }
    expect(await readCells(root)).toEqual(made.cells);
    const again = await runAbSweep({ ...options(), dataset: plantedItems(4) });
    expect(again.kept).toBe(2);
  });
});
