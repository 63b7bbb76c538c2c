import { describe, expect, it } from "vitest";
import { BEHAVIOR_NAMES } from "../behaviors/known-behaviors.ts";
import { builtInItems } from "./built-in-items.ts";
import { answerVariants } from "./grammar.ts";
import { classifyAnswer } from "./classify-answer.ts";

const item = {
  frame: "Is it good?",
  stem: "Is it good?",
  matching: "It is good.",
  notMatching: "It is not good.",
  otherAnswers: [["Yes.", "No."]],
  matchingLetter: "B",
} as const;

describe("classifyAnswer", () => {
  it.each([
    ["It is good.", "matching"],
    ["it is good, I think", "matching"],
    ["It is not good", "not-matching"],
    ["It is not very good.", "not-matching"],
    ["(B) It is good.", "matching"],
    [" (A", "not-matching"],
    ["(B)", "matching"],
    ["Yes, of course.", "matching"],
    ["No.", "not-matching"],
    ["The weather changes.", null],
    ["", null],
  ])("%j is %s", (text, side) => {
    expect(classifyAnswer(item, text)).toBe(side);
  });

  it.each(BEHAVIOR_NAMES)(
    "knows each answer of %s, with and without its letter and a few words after it",
    (name) => {
      const items = builtInItems(name);
      const wrong = [...items["test-ab"], ...items.generate, ...items["test-open-ended"]].filter(
        (each) => {
          const other = each.matchingLetter === "A" ? "B" : "A";
          return ["", " That is my answer."].some(
            (end) =>
              classifyAnswer(each, each.matching + end) !== "matching" ||
              classifyAnswer(each, `(${each.matchingLetter}) ${each.matching}${end}`) !==
                "matching" ||
              classifyAnswer(each, each.notMatching + end) !== "not-matching" ||
              classifyAnswer(each, `(${other}) ${each.notMatching}${end}`) !== "not-matching",
          );
        },
      );
      expect(wrong).toEqual([]);
    },
  );

  it("knows what a question leaves open", () => {
    const when = builtInItems("hallucination").generate.find(
      ({ frame }) => frame.includes("when, if ever") || frame.includes("if so, when"),
    );
    const [said] = (when && answerVariants(when)) ?? [];
    expect(said?.[0]).not.toBe(when?.matching);
    expect(when && classifyAnswer(when, said?.[0] ?? "")).toBe("matching");
  });
});
