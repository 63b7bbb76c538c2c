import { open, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { type GgufMetadata, readGgufHeader } from "@caa/core/gguf";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openTokenizer } from "../tokenizer/tokenizer.ts";
import { tokenizerFiles } from "./tokenizer.ts";

const path = (name: string): string =>
  fileURLToPath(new URL(`../../test/fixtures/gguf/${name}`, import.meta.url));

async function metadataOf(name: string, changes: GgufMetadata = new Map()): Promise<GgufMetadata> {
  const file = await open(path(name), "r");
  try {
    return new Map([...(await readGgufHeader(file)).metadata, ...changes]);
  } finally {
    await file.close();
  }
}

const without = (metadata: GgufMetadata, key: string): GgufMetadata =>
  new Map([...metadata].filter(([name]) => name !== key));
const json = async (name: string): Promise<unknown> =>
  JSON.parse(await readFile(path(name), "utf8"));

async function encoder(metadata: GgufMetadata): Promise<(text: string) => number[]> {
  const { tokenizer, config } = tokenizerFiles(metadata);
  const opened = await openTokenizer({ tokenizerJson: tokenizer, tokenizerConfig: config });
  return (text) => opened.encode(text);
}

// The Python script beside the fixtures says how the ids were made: by the tokenizers and sentencepiece libraries.
describe("byte-level BPE splits words as each kind of vocabulary does", () => {
  test.each(["gpt-2", "smollm", "llama-bpe", "qwen2"])("%s", async (pre) => {
    const schema = z.object({
      texts: z.array(z.string()),
      ids: z.record(z.string(), z.array(z.array(z.number()))),
    });
    const expected = schema.parse(await json("bpe.json"));
    const encode = await encoder(
      await metadataOf("bpe.gguf", new Map([["tokenizer.ggml.pre", pre]])),
    );
    expect(expected.texts.map(encode)).toEqual(expected.ids[pre]);
  });
});

test("SentencePiece pieces merge by score, and what is not in the vocabulary becomes bytes", async () => {
  const schema = z.object({ texts: z.array(z.string()), ids: z.array(z.array(z.number())) });
  const expected = schema.parse(await json("spm.json"));
  const encode = await encoder(await metadataOf("spm.gguf"));
  expect(expected.texts.map(encode)).toEqual(expected.ids);
});

test("texts come back from their ids, the blank in front included", async () => {
  for (const name of ["spm.gguf", "bpe.gguf"]) {
    const { tokenizer, config } = tokenizerFiles(await metadataOf(name));
    const opened = await openTokenizer({ tokenizerJson: tokenizer, tokenizerConfig: config });
    for (const text of ["Hello  world", " blank", "日本語 🙂", "12\n3"]) {
      expect(opened.decode(opened.encode(text))).toBe(text);
    }
  }
});

describe("special tokens", () => {
  test("BOS goes in front when the file says so, or its kind does", async () => {
    const added = async (name: string, changes?: GgufMetadata): Promise<unknown> =>
      tokenizerFiles(await metadataOf(name, changes)).config["add_bos_token"];
    expect(await added("spm.gguf")).toBe(true);
    expect(await added("spm.gguf", new Map([["tokenizer.ggml.add_bos_token", false]]))).toBe(false);
    expect(await added("bpe.gguf")).toBe(false); // the file says no
    const llama3: GgufMetadata = new Map([["tokenizer.ggml.pre", "llama-bpe"]]);
    const silent = without(await metadataOf("bpe.gguf", llama3), "tokenizer.ggml.add_bos_token");
    expect(tokenizerFiles(silent).config["add_bos_token"]).toBe(true);
    expect(tokenizerFiles(silent).tokenizer["post_processor"]).toMatchObject({
      type: "TemplateProcessing",
      single: [{ SpecialToken: { id: "<|im_start|>" } }, { Sequence: { id: "A" } }],
    });
  });

  test("words that the model's makers chose are found in a text, and are not special", async () => {
    const metadata = await metadataOf("bpe.gguf");
    const types = metadata.get("tokenizer.ggml.token_type");
    const tokens = metadata.get("tokenizer.ggml.tokens");
    if (!Array.isArray(types) || !Array.isArray(tokens)) {
      throw new TypeError("the fixture has both");
    }
    const chosen = new Map(metadata)
      .set("tokenizer.ggml.tokens", [...tokens, "<tool>"])
      .set("tokenizer.ggml.token_type", [...types, 4]);
    const files = tokenizerFiles(chosen);
    expect(files.tokenizer["added_tokens"]).toContainEqual(
      expect.objectContaining({ id: tokens.length, content: "<tool>", special: false }),
    );
    expect((await encoder(chosen))("a<tool>b")).toContain(tokens.length);
  });

  test("the chat template and the names of special tokens are kept", async () => {
    expect(tokenizerFiles(await metadataOf("bpe.gguf")).config).toMatchObject({
      bos_token: "<|im_start|>",
      eos_token: "<|im_end|>",
      unk_token: "<|endoftext|>",
      pad_token: "<|im_end|>",
      chat_template: expect.stringContaining("for m in messages"),
    });
  });
});

describe("what cannot be right is refused", () => {
  test.each([
    ["unsupported", "tokenizer.ggml.model", "t5"],
    ["unsupported", "tokenizer.ggml.pre", "tekken"],
    ["invalid-file", "tokenizer.ggml.tokens", ["a", "b", "a"]],
    ["invalid-file", "tokenizer.ggml.tokens", "text"],
    ["invalid-file", "tokenizer.ggml.tokens", [1, 2]],
    ["invalid-file", "tokenizer.ggml.token_type", [1]],
    ["invalid-file", "tokenizer.ggml.bos_token_id", 100_000],
    ["invalid-file", "tokenizer.ggml.eos_token_id", -1],
    ["invalid-file", "tokenizer.ggml.merges", ["a b c"]],
    ["invalid-file", "tokenizer.ggml.merges", ["q", "Q"]],
    ["invalid-file", "tokenizer.chat_template", true],
  ] as const)("%s: %s", async (code, key, value) => {
    const metadata = await metadataOf("bpe.gguf", new Map([[key, value]]));
    expect(() => tokenizerFiles(metadata)).toThrow(expect.objectContaining({ code }));
  });

  test("a byte-level vocabulary that does not say how it splits words", async () => {
    const metadata = without(await metadataOf("bpe.gguf"), "tokenizer.ggml.pre");
    expect(() => tokenizerFiles(metadata)).toThrow(
      expect.objectContaining({ code: "unsupported" }),
    );
  });

  test("a SentencePiece vocabulary without scores", async () => {
    const metadata = without(await metadataOf("spm.gguf"), "tokenizer.ggml.scores");
    expect(() => tokenizerFiles(metadata)).toThrow(/scores/);
  });
});
