import { createRandom } from "@caa/core";
import { describe, expect, it } from "vitest";
import { type AbItem, abItemSchema } from "../items/ab-item.ts";
import { stemKey } from "../items/split-choices.ts";
import { flipItem, splitSet } from "./split-set.ts";
import { madeChoices } from "./testing/made-items.ts";

const items = (count: number): readonly AbItem[] =>
  madeChoices(count).map((item) => abItemSchema.parse(item));
const keep = { dropLeaks: false };
const drop = { dropLeaks: true };

describe("splitSet", () => {
  it.each([51, 200, 1050, 1300])("parts %i items without a loss that is not meant", (count) => {
    const all = items(count);
    const { generate, test, leaks } = splitSet(all, createRandom(3), keep);
    expect(test).toHaveLength(50);
    expect(generate).toHaveLength(Math.min(1000, count - 50));
    expect(new Set([...generate, ...test]).size).toBe(generate.length + 50);
    expect(leaks).toBe(0);
  });

  it("shuffles by its generator alone", () => {
    const all = items(300);
    const first = splitSet(all, createRandom(1), keep);
    expect(splitSet(all, createRandom(1), keep)).toEqual(first);
    expect(splitSet(all, createRandom(2), keep).test).not.toEqual(first.test);
    expect(first.test).not.toEqual(all.slice(0, 50));
  });

  it("counts what asks the same as a test item, and leaves it out when told to", () => {
    // Every question three times: the letters exchanged the second time, other blanks the third.
    const all = items(150).flatMap((item) => [
      item,
      {
        ...item,
        question: item.question.replace("(A)", "(B)").replace(/\(B\)(?!.*\(B\))/s, "(A)"),
      },
      { ...item, question: item.question.replace("may", " may ") },
    ]);
    const kept = splitSet(all, createRandom(7), keep);
    const tested = new Set(kept.test.map(({ question }) => stemKey(question)));
    const leaking = kept.generate.filter(({ question }) => tested.has(stemKey(question)));
    expect(leaking.length).toBeGreaterThan(50);
    expect(kept.leaks).toBe(leaking.length);
    const dropped = splitSet(all, createRandom(7), drop);
    expect(dropped.test).toEqual(kept.test);
    expect(dropped.generate).toEqual(kept.generate.filter((item) => !leaking.includes(item)));
    expect(dropped.leaks).toBe(kept.leaks);
  });

  it("fills up to 1000 from the rest when leaks are left out", () => {
    const all = [...items(1200), ...items(60)];
    const kept = splitSet(all, createRandom(1), keep);
    const dropped = splitSet(all, createRandom(1), drop);
    expect(kept.leaks).toBeGreaterThan(0);
    expect(dropped.generate).toHaveLength(1000);
  });

  it("refuses a set with nothing left for vectors", () => {
    expect(() => splitSet(items(50), createRandom(0), keep)).toThrow(/more than 50 items.*got 50/);
    const [one] = items(1);
    const same = Array.from({ length: 60 }, () => one).flatMap((item) => item ?? []);
    expect(() => splitSet(same, createRandom(0), drop)).toThrow(/something else than the test/);
  });
});

describe("flipItem", () => {
  it("exchanges the answers, and back", () => {
    for (const item of items(4)) {
      const flipped = flipItem(item);
      expect(flipped.matchingLetter).toBe(item.notMatchingLetter);
      expect(flipped.answer_matching_behavior).toBe(item.answer_not_matching_behavior);
      expect(flipItem(flipped)).toEqual(item);
    }
  });
});
