import { describe, expect, it } from "vitest";
import { openFixture } from "../../test/fixtures/tokenizers/open-fixture.ts";
import { encodeChoice } from "./encode-choice.ts";
import { encodePrompt } from "./encode-prompt.ts";
import type { PromptFormat } from "./prompt-style.ts";

const llama = await openFixture("llama2-style");
const byteLevel = await openFixture("byte-level");
const user = "Are you right?\n\nChoices:\n (A) Yes\n (B) No";

describe("encodeChoice", () => {
  it("parts the answers at the letter where the tokenizer keeps `(` apart", () => {
    const choice = encodeChoice(llama, { style: "llama2-chat" }, { user, answers: ["(A)", "(B)"] });
    expect(choice.answerTokens.map((id) => llama.token(id))).toEqual(["A", "B"]);
    expect(llama.token(choice.ids.at(-1) ?? -1)).toBe(" (");
    expect(choice.markerIndex).toBe(choice.ids.length - 2);
  });

  it("parts them at the merged token where the tokenizer merges `(A`", () => {
    const choice = encodeChoice(
      byteLevel,
      { style: "template" },
      { user, answers: ["(A)", "(B)"] },
    );
    expect(choice.answerTokens.map((id) => byteLevel.token(id))).toEqual(["(A", "(B"]);
    expect(choice.markerIndex).toBe(choice.ids.length - 1);
  });

  it.each<PromptFormat>([
    { style: "llama2-chat" },
    { style: "llama2-base" },
    { style: "template" },
  ])("is the common start of all full texts, $style", (format) => {
    const answers = ["(A) yes", "(B)", "(C)"];
    const choice = encodeChoice(byteLevel, format, { user, answers });
    answers.forEach((answer, i) => {
      const { ids, markerIndex } = encodePrompt(byteLevel, format, { user, answer });
      expect(ids.slice(0, choice.ids.length + 1)).toEqual([...choice.ids, choice.answerTokens[i]]);
      expect(markerIndex).toBe(choice.markerIndex);
    });
  });

  it.each([
    [["(A)"]],
    [["(A)", " "]],
    [["(A)", "(A) "]],
    [["(A)", "(A) because"]],
    [["(A)", "(B)", "(A)"]],
    [["(A) yes", "(A) no", "(B)"]], // two of them part from the third in the same token
  ])("refuses %j", (answers) => {
    expect(() => encodeChoice(llama, { style: "llama2-chat" }, { user, answers })).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});
