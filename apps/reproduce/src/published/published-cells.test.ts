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
