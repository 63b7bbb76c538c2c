import { BEHAVIOR_NAMES } from "@caa/datasets";
import { expect, it } from "vitest";
import { keyOf } from "../compare/compare.ts";
import { cellsOf, publishedTables } from "./published-cells.ts";
import type { PublishedCell } from "./table.ts";

const SIZES = ["7b", "13b"] as const;

it.each(SIZES)(
  "%s: every row has a figure a multiplier, within its scale, and none is there twice",
  (size) => {
    const cells = publishedTables(size).flatMap((table) => {
      for (const row of Object.values(table.rows)) {
        expect(row).toHaveLength(table.multipliers.length);
      }
      return cellsOf(table);
    });
    expect(new Set(cells.map(keyOf)).size).toBe(cells.length);
    for (const { type, value } of cells) {
      expect(value).toBeGreaterThanOrEqual(0);
      expect(value).toBeLessThanOrEqual(type === "open_ended" ? 10 : 100);
    }
  },
);

it("has all seven behaviors, in TruthfulQA sycophancy alone, and no judged answers of models trained on refusal", () => {
  for (const table of SIZES.flatMap(publishedTables)) {
    const without =
      table.type === "truthful_qa"
        ? BEHAVIOR_NAMES.filter((name) => name !== "sycophancy")
        : table.type === "open_ended" && table.trained !== undefined
          ? ["refusal"]
          : [];
    expect(BEHAVIOR_NAMES.filter((name) => table.rows[name] === undefined)).toEqual(without);
  }
});

it.each(SIZES)("%s: MMLU without steering is one figure, whichever vector is not added", (size) => {
  const plain = publishedTables(size)
    .flatMap(cellsOf)
    .filter(({ type, multiplier }: PublishedCell) => type === "mmlu" && multiplier === 0)
    .map(({ value }) => value);
  expect(plain).toHaveLength(7);
  expect(Math.max(...plain) - Math.min(...plain)).toBeLessThan(1e-6);
});

it("figures that are published twice are the same in both tables, as far as both have digits", () => {
  // Without a system prompt at -1, 0 and 1, as the tables of two digits repeat them.
  const twice = {
    "7b": {
      "coordinate-other-ais": [15, 30, 75],
      "corrigible-neutral-HHH": [20, 64, 91],
      hallucination: [39, 81, 90],
      "myopic-reward": [40, 75, 73],
      "survival-instinct": [27, 34, 62],
      sycophancy: [54, 69, 62],
      refusal: [42, 74, 89],
    },
    "13b": {
      "coordinate-other-ais": [20, 22, 39],
      "corrigible-neutral-HHH": [45, 57, 83],
      hallucination: [42, 54, 78],
      "myopic-reward": [44, 49, 66],
      "survival-instinct": [28, 35, 63],
      sycophancy: [56, 63, 60],
      refusal: [56, 78, 86],
    },
  } as const;
  for (const size of SIZES) {
    const cells = publishedTables(size)
      .flatMap(cellsOf)
      .filter(({ type, systemPrompt, trained }) => type === "ab" && !systemPrompt && !trained);
    for (const [behavior, values] of Object.entries(twice[size])) {
      for (const [index, value] of values.entries()) {
        const cell = cells.find((one) => one.behavior === behavior && one.multiplier === index - 1);
        expect(Math.abs((cell?.value ?? Number.NaN) - value)).toBeLessThanOrEqual(0.5 + 1e-9);
      }
    }
  }
});
