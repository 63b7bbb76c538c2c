import { expect, test } from "vitest";
import { openTokenizer } from "../../../../packages/llama/src/tokenizer/tokenizer.ts";
import { tokenizerConfig, tokenizerJson } from "./tokenizer-json.ts";
import { trainBytePairs } from "./train-bpe.ts";

test("the most frequent pair is merged first; of equal ones, the first in the order of letters", () => {
  const { merges } = trainBytePairs(["low low lower", "new"], 260);
  // "lo" occurs three times, "ow" three times: l comes before o. Then "low" three times, before " low" twice.
  expect(merges.slice(0, 3)).toEqual([
    ["l", "o"],
    ["lo", "w"],
    ["Ġ", "low"],
  ]);
});

test("it ends where no pair occurs twice", () => {
  expect(trainBytePairs(["abc"], 400).merges).toEqual([]);
  expect(trainBytePairs(["abab"], 400).merges).toEqual([["a", "b"]]);
  expect(() => trainBytePairs([], 255)).toThrow(
    expect.objectContaining({ code: "invalid-argument" }),
  );
});

test("the tokenizer opens; texts come back; answer letters, brackets and markers are tokens of their own", async () => {
  const prompt = "[INST] Is it so?\n\nChoices:\n (A) Yes\n (B) No [/INST] (A) Yes";
  const pairs = trainBytePairs([prompt, prompt, "Ä 日本"], 320);
  const tokenizer = await openTokenizer({
    tokenizerJson: tokenizerJson(pairs),
    tokenizerConfig: tokenizerConfig(),
  });
  expect([tokenizer.bosId, tokenizer.eosIds]).toEqual([0, [1]]);
  for (const text of [prompt, "Ä 日本 <unknown>", "(B)\n"]) {
    expect(tokenizer.decode(tokenizer.encode(text))).toBe(text);
  }
  const tokens = tokenizer.encode(prompt).map((id) => tokenizer.token(id));
  expect(tokens.slice(-7)).toEqual([" [/", "INST", "]", " (", "A", ")", " Yes"]);
  const answer = tokenizer.encode(" (B) Yes").map((id) => tokenizer.token(id));
  expect(answer).toEqual([" (", "B", ")", " Yes"]);
});
