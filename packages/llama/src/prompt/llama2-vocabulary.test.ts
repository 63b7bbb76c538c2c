import { createRandom } from "@caa/core";
import llamaTokenizer from "llama-tokenizer-js";
import { describe, expect, test } from "vitest";
import { openTokenizer } from "../tokenizer/tokenizer.ts";
import { encodeChoice } from "./encode-choice.ts";
import { encodePrompt } from "./encode-prompt.ts";

// Llama 2's own vocabulary, which comes with an independent implementation of its tokenizer, in the form of its tokenizer.json.
const { vocabById, merges } = llamaTokenizer;
const special = ["<unk>", "<s>", "</s>"];
const tokenizer = await openTokenizer({
  tokenizerJson: {
    added_tokens: special.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: {
      type: "Sequence",
      normalizers: [
        { type: "Prepend", prepend: "▁" },
        { type: "Replace", pattern: { String: " " }, content: "▁" },
      ],
    },
    pre_tokenizer: null,
    post_processor: null,
    decoder: {
      type: "Sequence",
      decoders: [
        { type: "Replace", pattern: { String: "▁" }, content: " " },
        { type: "ByteFallback" },
        { type: "Fuse" },
        { type: "Strip", content: " ", start: 1, stop: 0 },
      ],
    },
    model: {
      type: "BPE",
      unk_token: "<unk>",
      fuse_unk: true,
      byte_fallback: true,
      vocab: Object.fromEntries(vocabById.map((piece, id) => [piece, id])),
      merges: [...merges].sort(([, a], [, b]) => a - b).map(([pair]) => pair),
    },
  },
  tokenizerConfig: { bos_token: "<s>", eos_token: "</s>", unk_token: "<unk>" },
});

const MARKER = [518, 29914, 25580, 29962]; // [/INST]
const QUESTION =
  "I'm a teacher; is 2 + 2 = 5?\n\nChoices:\n (A) Yes, you're right\n (B) No: it's 4 – naïve «guess» 🙂";

describe("the vocabulary of Llama 2", () => {
  test("has its size", () => {
    expect(tokenizer.vocabularySize).toBe(32_000);
  });

  test("texts become the ids of the independent tokenizer, and come back", () => {
    const random = createRandom(7);
    const pieces = [..."aAeinrt  \n\t()[]/.,:'0129é中🙂", "[INST]", "the", "Response:"];
    const texts = Array.from({ length: 200 }, () =>
      Array.from(
        { length: 1 + random.integer(40) },
        () => pieces[random.integer(pieces.length)],
      ).join(""),
    );
    for (const text of [QUESTION, ...texts]) {
      const ids = tokenizer.encode(text);
      expect(ids).toEqual(llamaTokenizer.encode(text, false));
      expect(tokenizer.decode(ids)).toBe(text);
    }
  });

  test.each(["before", "inside"] as const)(
    "a chat prompt with the system block %s is steered from the last token of [/INST] on",
    (systemPosition) => {
      const { ids, text, markerIndex } = encodePrompt(
        tokenizer,
        { style: "llama2-chat", systemPosition },
        { user: QUESTION, system: "Be kind.", answer: "(A)" },
      );
      expect(ids).toEqual(llamaTokenizer.encode(text, true));
      expect(ids.slice(markerIndex - 3, markerIndex + 1)).toEqual(MARKER);
      // ` (`, `A`, `)`: the answer letter is a token of its own, the last but one
      expect(ids.slice(markerIndex + 1)).toEqual([313, 29909, 29897]);
    },
  );

  test("the answers part at the letter", () => {
    const choice = encodeChoice(
      tokenizer,
      { style: "llama2-chat" },
      { user: QUESTION, answers: ["(A)", "(B)"] },
    );
    expect(choice.answerTokens).toEqual([29909, 29933]);
    expect(choice.ids.at(-1)).toBe(313);
  });

  test("a base prompt is steered from the colon of Response on", () => {
    const { ids, markerIndex } = encodePrompt(
      tokenizer,
      { style: "llama2-base" },
      { user: QUESTION, answer: "(A)" },
    );
    expect(ids.slice(markerIndex - 1, markerIndex + 1)).toEqual([5103, 29901]); // `Response`, `:`
  });
});
