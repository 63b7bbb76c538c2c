import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openFixture, readJson } from "../../test/fixtures/tokenizers/open-fixture.ts";
import { openTokenizer } from "./tokenizer.ts";

const llama = await openFixture("llama2-style");
const byteLevel = await openFixture("byte-level");
const rows = z
  .array(
    z.object({
      tokenizer: z.string(),
      style: z.string(),
      ids: z.array(z.number()),
      decoded: z.string(),
    }),
  )
  .parse(await readJson("expected.json"));

describe.each([
  ["llama2-style", llama],
  ["byte-level", byteLevel],
])("%s", (name, tokenizer) => {
  // Python decoded these, without special tokens.
  const own = rows.filter((row) => row.tokenizer === name);

  it("decodes as Python does", () => {
    expect(own.length).toBeGreaterThan(0);
    for (const { ids, decoded } of own) {
      expect(tokenizer.decode(ids, { skipSpecial: true })).toBe(decoded);
    }
  });

  it("streams the same text as it decodes at once, and never half a character", () => {
    for (const { ids, decoded } of own) {
      const stream = tokenizer.createTextStream();
      const pieces = ids.map((id) => stream.push(id));
      expect(pieces.join("")).not.toContain("\uFFFD");
      expect(pieces.join("") + stream.flush()).toBe(decoded);
    }
  });

  it("holds an unfinished character back until the flush", () => {
    const ids = tokenizer.encode("😀").slice(0, -1);
    const stream = tokenizer.createTextStream();
    expect(
      ids
        .map((id) => stream.push(id))
        .join("")
        .trim(),
    ).toBe("");
    expect(stream.flush()).toContain("\uFFFD");
  });

  it("names single bytes readably", () => {
    const ids = tokenizer.encode("😀");
    expect(tokenizer.token(ids.at(-1) ?? -1)).toBe("<0x80>");
  });

  it("refuses ids outside the vocabulary", () => {
    for (const id of [-1, 1.5, tokenizer.vocabularySize]) {
      expect(() => tokenizer.token(id)).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
      expect(() => tokenizer.decode([id])).toThrow(
        expect.objectContaining({ code: "invalid-argument" }),
      );
    }
    expect(tokenizer.token(tokenizer.vocabularySize - 1)).not.toBe("");
  });

  it("has an empty text for no tokens and no tokens for an empty text", () => {
    expect(tokenizer.encode("")).toEqual([]);
    expect(tokenizer.decode([])).toBe("");
  });
});

describe("openTokenizer", () => {
  it("knows BOS and the tokens that end a turn", () => {
    expect([llama.bosId, llama.eosIds]).toEqual([1, [2]]);
    expect([byteLevel.bosId, byteLevel.eosIds]).toEqual([null, [2]]);
  });

  it("switches the runtime's telemetry off", () => {
    expect(process.env["ORT_DISABLE_TELEMETRY"]).toBe("1");
  });

  it("renders the template with its own system prompt, or the given one", () => {
    const user = { role: "user", content: "Hi" } as const;
    expect(byteLevel.applyChatTemplate([user], { addGenerationPrompt: true })).toBe(
      "<|im_start|>system\nBe helpful<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n<|im_start|>assistant\n",
    );
    expect(
      byteLevel.applyChatTemplate([{ role: "system", content: "S" }, user], {
        addGenerationPrompt: false,
      }),
    ).toBe("<|im_start|>system\nS<|im_end|>\n<|im_start|>user\nHi<|im_end|>\n");
  });

  it("renders the same text every day", async () => {
    const tokenizer = await openTokenizer({
      tokenizerJson: await readJson("byte-level/tokenizer.json"),
      tokenizerConfig: {
        chat_template: "{% if strftime_now is defined %}{{ strftime_now('%d %b %Y') }}{% endif %}",
      },
    });
    expect(tokenizer.applyChatTemplate([], { addGenerationPrompt: true })).toBe("26 Jul 2024");
  });

  it("says so when there is no template, or it refuses", async () => {
    const refusing = await openTokenizer({
      tokenizerJson: await readJson("byte-level/tokenizer.json"),
      tokenizerConfig: { chat_template: "{{ raise_exception('no system role') }}" },
    });
    for (const tokenizer of [llama, refusing]) {
      expect(() => tokenizer.applyChatTemplate([], { addGenerationPrompt: true })).toThrow(
        expect.objectContaining({ code: "unsupported" }),
      );
    }
  });

  const model = { type: "BPE", vocab: { a: 0 }, merges: [] };
  it.each([
    ["nothing", null],
    ["another model", { model: { ...model, type: "WordPiece" } }],
    ["a list as vocabulary", { model: { ...model, vocab: ["a"] } }],
    ["an id that would size an array", { model: { ...model, vocab: { a: 4e9 } } }],
    ["a text as id", { model: { ...model, vocab: { a: "0" } } }],
    ["an added token without id", { model, added_tokens: [{ content: "x" }] }],
    ["an unknown part", { model, decoder: { type: "NoSuchDecoder" } }],
  ])("refuses a tokenizer.json with %s", async (_, tokenizerJson) => {
    await expect(openTokenizer({ tokenizerJson, tokenizerConfig: {} })).rejects.toMatchObject({
      code: "invalid-file",
    });
  });
});
