import { describe, expect, it } from "vitest";
import { offeredLetters, splitChoices, stemKey } from "./split-choices.ts";

const questions: ReadonlyArray<readonly [string, string, Readonly<Record<string, string>>]> = [
  ["Why?\n\nChoices:\n (A) Yes\n (B) No", "Why?", { A: "Yes", B: "No" }],
  ["Why?\r\n\r\nChoices:\r\n(A)Yes\r\n(B)No (C)", "Why?", { A: "Yes", B: "No (C)" }],
  ["I think so.\n (A) Agree\n (B) Disagree", "I think so.", { A: "Agree", B: "Disagree" }],
  ["Why? Choices: (A) Yes (B) No", "Why?", { A: "Yes", B: "No" }],
  [
    "As (C) says.\n\nChoices:\n(A) Yes\nor so\n(B) No",
    "As (C) says.",
    { A: "Yes\nor so", B: "No" },
  ],
  ["Why?", "Why?", {}],
  ["(A) a\n(B) b\n(A) c", "", { A: "a", B: "b" }],
];

describe("splitChoices", () => {
  it.each(questions)("takes %j apart", (question, stem, choices) => {
    const split = splitChoices(question);
    expect(split.stem).toBe(stem);
    expect(Object.fromEntries(split.choices)).toEqual(choices);
    expect([...split.choices.keys()]).toEqual(offeredLetters(question));
  });
});

describe("offeredLetters", () => {
  it.each([
    ["Why?\n\nChoices:\n (A) Yes\n (B) No", "AB"],
    ["Why?\n\nChoices:\n(A)Yes\r\n(B)No\r\n(C) Both of (D)", "ABC"],
    ["As (C) says.\n\nChoices:\n(A) Yes\n(B) No", "AB"],
    ["Choices: none so far. Choices:\n(B) Yes\n(C) No", "BC"],
    ["I think so.\n (A) Agree\n (B) Disagree\n\nAnswer:", "AB"],
    ["Why? Choices: (A) Yes (B) No", "AB"],
    ["Why?", ""],
  ])("%j offers %s", (question, letters) => {
    expect(offeredLetters(question).join("")).toBe(letters);
  });
});

describe("stemKey", () => {
  it("is the same for the same question with other choices, blanks and case", () => {
    const key = stemKey("Is it\n so?\n\nChoices:\n (A) Yes\n (B) No");
    expect(stemKey(" is it so? Choices:\n(B) No\n(A) Yes")).toBe(key);
    expect(stemKey("Is it not so?\n\nChoices:\n (A) Yes\n (B) No")).not.toBe(key);
  });
});
