import { meanWithIntervals } from "@caa/core";
import { describe, expect, it } from "vitest";
import { type ItemValue, meanOverItems } from "./mean-over-items.ts";

const OPTIONS = { confidence: 0.95, seed: 3 };
const plain = (values: readonly number[]): ItemValue[] =>
  values.map((value) => ({ value, category: null }));
const inCategories = (groups: Readonly<Record<string, readonly number[]>>): ItemValue[] =>
  Object.entries(groups).flatMap(([category, values]) =>
    values.map((value) => ({ value, category })),
  );

describe("meanOverItems", () => {
  it("is the plain mean with its intervals without categories", () => {
    const { mean, t, bootstrap } = meanWithIntervals([0.1, 0.5, 0.9, 0.4], OPTIONS);
    expect(meanOverItems(plain([0.1, 0.5, 0.9, 0.4]), OPTIONS)).toEqual({ mean, t, bootstrap });
  });

  it("counts categories alike, however many items they have", () => {
    const items = inCategories({ many: [0, 0, 0, 0, 0, 0], few: [1, 1] });
    const { mean, t, bootstrap } = meanOverItems(items, OPTIONS);
    expect(mean).toBe(0.5);
    expect(bootstrap).toEqual({ low: 0.5, high: 0.5 }); // no spread within
    expect(t).toEqual(meanWithIntervals([0, 1]).t); // but between
  });

  it("does not depend on how the items are ordered within the file, but for rounding", () => {
    const items = inCategories({ a: [0.2, 0.4, 0.9], b: [0.1, 0.3], c: [0.7, 0.8, 0.6, 0.5] });
    expect(meanOverItems(items.toReversed(), OPTIONS).mean).toBeCloseTo(
      meanOverItems(items, OPTIONS).mean,
      12,
    );
  });

  it("gives one item no interval, and a category of one the spread of all items", () => {
    expect(meanOverItems(inCategories({ a: [0.4] }), OPTIONS)).toEqual({
      mean: 0.4,
      t: null,
      bootstrap: null,
    });
    const { bootstrap } = meanOverItems(inCategories({ a: [0.2], b: [0.8] }), OPTIONS);
    expect(bootstrap?.low).toBeCloseTo(meanWithIntervals([0.2, 0.8]).t?.low ?? Number.NaN, 12);
    expect(
      meanOverItems(plain([0.2, 0.8]), { ...OPTIONS, range: { low: 0, high: 1 } }).bootstrap,
    ).toEqual({
      low: 0,
      high: 1,
    });
  });

  it("refuses items of which only some have a category", () => {
    expect(() => meanOverItems([...plain([1]), ...inCategories({ a: [1] })], OPTIONS)).toThrow(
      /for every item or for none, got 1 of 2/,
    );
    expect(() => meanOverItems([], OPTIONS)).toThrow(/at least one/);
  });
});
