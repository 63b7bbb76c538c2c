import { expect, test } from "vitest";
import { encodeChoice } from "../../../../packages/llama/src/prompt/encode-choice.ts";
import { encodePrompt } from "../../../../packages/llama/src/prompt/encode-prompt.ts";
import { smallMaker } from "../testing/small-maker.ts";
import { questionWithChoices } from "./items.ts";
import { choiceRow, openRow } from "./rows.ts";
import type { TreeRow } from "./tree-row.ts";

const { item, planting, tokenizer, maker } = await smallMaker();
const planted = maker.plantings;

/** The tokens of a branch, from the first to the one at `end`. */
function branch(row: TreeRow, end: number): readonly number[] {
  const ids = new Array<number>();
  for (let at = end; at >= 0; at = row.parents[at] ?? -1) {
    ids.unshift(row.ids[at] ?? -1);
  }
  return ids;
}

test("the branches of a row are the prompts that evaluation asks, and steering begins at the marker", () => {
  const row = choiceRow(maker, item, planting);
  const asked = encodeChoice(
    tokenizer,
    { style: "llama2-chat" },
    { user: questionWithChoices(item), answers: ["(A)", "(B)"] },
  );
  const letters = row.targets.filter(({ token }) => asked.answerTokens.includes(token));
  const places = new Set(letters.map(({ at }) => at));
  expect(places.size).toBe(5); // plain, matching, not matching, two unrelated directions
  for (const at of places) {
    expect(branch(row, at)).toEqual(asked.ids);
    expect(row.positions[at]).toBe(asked.ids.length - 1);
  }
  const steered = [...places].filter((at) => row.additions[at]?.length !== 0);
  expect(steered.length).toBe(4);
  for (const at of steered) {
    const marker = row.parents[at] ?? -1;
    expect(row.positions[marker]).toBe(asked.markerIndex);
    expect(row.additions[marker]).toEqual(row.additions[at]);
    expect(row.additions[row.parents[marker] ?? -1]).toEqual([]);
  }
  const [pair] = row.pairs;
  const letter = row.ids[pair?.matching ?? -1];
  expect(letter).toBe(asked.answerTokens[item.matchingLetter === "A" ? 0 : 1]);
});

test("under the planted direction the matching letter follows, against it the other one", () => {
  const row = choiceRow(maker, item, planting);
  const own = planted.findIndex(({ behavior }) => behavior === "sycophancy");
  const wanted = row.targets
    .filter(({ weight }) => weight === 1)
    .map(({ at, token }) => {
      const amount = row.additions[at]?.find(({ vector }) => vector === own)?.amount ?? 0;
      return { side: Math.sign(amount), letter: tokenizer.token(token) };
    });
  const other = item.matchingLetter === "A" ? "B" : "A";
  expect(wanted).toEqual([
    { side: 1, letter: item.matchingLetter },
    { side: -1, letter: other },
  ]);
});

test("open questions: every token of the answer is asked for, and steered", () => {
  const row = openRow(maker, item, planting);
  const { ids, markerIndex } = encodePrompt(
    tokenizer,
    { style: "llama2-chat" },
    { user: item.stem },
  );
  const markers = row.positions.flatMap((position, at) => (position === markerIndex ? [at] : []));
  for (const at of markers) {
    expect(branch(row, at)).toEqual(ids);
  }
  const ends = row.ids.flatMap((id, at) => (id === maker.eos ? [at] : []));
  expect(ends.length).toBe(markers.length);
  for (const end of ends) {
    expect(branch(row, end).slice(0, ids.length)).toEqual(ids);
    expect(row.additions[end]?.length).toBeGreaterThan(0);
  }
});

test("directions are orthogonal, of length one, and the control has none", () => {
  for (const a of planted) {
    for (const b of planted) {
      const dot = a.direction.reduce((sum, x, i) => sum + x * (b.direction[i] ?? 0), 0);
      expect(dot).toBeCloseTo(a === b ? 1 : 0, 5);
    }
  }
  expect(planted.map(({ behavior }) => behavior)).not.toContain("refusal");
});
