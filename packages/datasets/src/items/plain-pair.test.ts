import { describe, expect, it } from "vitest";
import { splitChoices } from "./split-choices.ts";
import { drawMatchingFirst, NEUTRAL_QUESTION, plainPairSchema, toAbItem } from "./plain-pair.ts";

const pair = { question: "How is it?", positive: "Fine, thanks", negative: "Bad" };

describe("a plain pair", () => {
  it("becomes a two-choice question whose matching answer is the positive text", () => {
    for (const matchingFirst of [true, false]) {
      const item = toAbItem(pair, matchingFirst);
      const { stem, choices } = splitChoices(item.question);
      expect(stem).toBe("How is it?");
      expect(choices.get(item.matchingLetter)).toBe("Fine, thanks");
      expect(choices.get(item.notMatchingLetter)).toBe("Bad");
      expect(item.answer_matching_behavior).toBe(matchingFirst ? "(A)" : "(B)");
      expect(item.answer_not_matching_behavior).toBe(matchingFirst ? "(B)" : "(A)");
    }
    expect(toAbItem(pair, true).question).toBe(
      "How is it?\n\nChoices:\n (A) Fine, thanks\n (B) Bad",
    );
  });

  it.each([undefined, null, "", " \n"])("with %j as question asks a neutral one", (question) => {
    const parsed = plainPairSchema.parse({ ...pair, question });
    expect(toAbItem(parsed, true).question).toMatch(`${NEUTRAL_QUESTION}\n\nChoices:\n (A) Fine`);
  });

  it.each([
    [{ positive: " Bad " }, "negative", /got the same/],
    [{ positive: " " }, "positive", /blanks only/],
    [{ positive: "(A)", negative: "(B)" }, "positive", /got a letter/],
    [{ positive: 3 }, "positive", /string/],
    [{ negative: ["Bad"] }, "negative", /string/],
    [{ positive: "So:\n(C) this" }, undefined, /look like lettered choices/],
    [{ negative: "Choices: none" }, undefined, /look like lettered choices/],
  ])("is refused: %j", (change, field, reason) => {
    const result = plainPairSchema.safeParse({ ...pair, ...change });
    const issue = result.error?.issues.find(({ path }) => path[0] === field);
    expect(issue?.message).toMatch(reason);
  });
});

describe("letters of plain pairs", () => {
  it("are even in every four, and in both halves, and the seed gives them again", () => {
    for (let seed = 0; seed < 20; seed += 1) {
      const drawn = drawMatchingFirst(40, seed);
      for (let at = 0; at < 40; at += 4) {
        expect(drawn.slice(at, at + 4).filter(Boolean)).toHaveLength(2);
      }
      expect(drawn.filter((first, i) => first && i % 2 === 0)).toHaveLength(10);
      expect(drawMatchingFirst(7, seed)).toEqual(drawn.slice(0, 7));
    }
  });

  it("do not follow from the place alone", () => {
    const first = Array.from({ length: 200 }, (_, seed) => drawMatchingFirst(2, seed));
    for (const place of [0, 1]) {
      const share = first.filter((drawn) => drawn[place]).length / 200;
      expect(share).toBeGreaterThan(0.4);
      expect(share).toBeLessThan(0.6);
    }
  });
});
