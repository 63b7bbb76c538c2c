import { describe, expect, it } from "vitest";
import { offeredLetters } from "./letter.ts";

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
