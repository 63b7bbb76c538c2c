import { describe, expect, it } from "vitest";
import { plantedItems } from "../../test/planted-model.ts";
import { splitItems } from "./split-items.ts";

const lettersOf = (items: ReadonlyArray<{ readonly matchingLetter: string }>): object =>
  Object.fromEntries(
    ["A", "B", "C"].map((letter) => [
      letter,
      items.filter(({ matchingLetter }) => matchingLetter === letter).length,
    ]),
  );

describe("splitItems", () => {
  it.each([0, 1, 2, 3])("with seed %i deals every letter to both halves alike", (seed) => {
    const set = plantedItems(30);
    const { choose, report } = splitItems(set, seed);
    expect(lettersOf(choose.items)).toEqual(lettersOf(report.items));
    expect(new Set([...choose.items, ...report.items])).toEqual(new Set(set.items));
    expect(choose.items.length + report.items.length).toBe(30);
    expect(new Set([set.hash, choose.hash, report.hash]).size).toBe(3);
  });

  it("splits the same by the same seed, and otherwise by another", () => {
    const set = plantedItems(30);
    expect(splitItems(set, 1)).toEqual(splitItems(set, 1));
    expect(splitItems(set, 2).choose.items).not.toEqual(splitItems(set, 1).choose.items);
    expect(splitItems(set, 2).choose.hash).not.toBe(splitItems(set, 1).choose.hash);
  });

  it("keeps a question in one half, whatever its choices", () => {
    const set = plantedItems(20);
    const again = set.items.map((item) => ({
      ...item,
      question: item.question.replaceAll("refuse", "decline"),
    }));
    const { choose, report } = splitItems({ ...set, items: [...set.items, ...again] }, 0);
    const stems = (items: typeof set.items): readonly string[] =>
      items.map(({ question }) => question.split("?")[0] ?? "");
    const both = stems(choose.items).filter((stem) => stems(report.items).includes(stem));
    expect(both).toEqual([]);
    expect(Math.abs(choose.items.length - report.items.length)).toBeLessThanOrEqual(2);
  });

  it("tells pairs without a question apart by their choices", () => {
    const { items, ...set } = plantedItems(8);
    const bare = items.map((item, i) => ({
      ...item,
      question: `Which of these would you say?${item.question.slice(item.question.indexOf("?") + 1)} ${i}`,
    }));
    const { choose, report } = splitItems({ ...set, items: bare }, 0);
    expect([choose.items.length, report.items.length]).toEqual([4, 4]);
  });

  it("refuses what gives no interval", () => {
    expect(() => splitItems(plantedItems(3), 0)).toThrow(/two halves of 2 or more/);
    const { items, ...set } = plantedItems(1);
    const same = Array.from({ length: 9 }, () => items.map((item) => ({ ...item }))).flat();
    expect(() => splitItems({ ...set, items: same }, 0)).toThrow(/got 9 and 0/);
  });
});
