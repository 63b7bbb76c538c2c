import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { openFixture, readJson } from "../../test/fixtures/tokenizers/open-fixture.ts";
import { openTokenizer } from "../tokenizer/tokenizer.ts";
import { encodePrompt } from "./encode-prompt.ts";
import type { PromptFormat } from "./prompt-style.ts";

// Made by make_tokenizers.py with Python's `tokenizers`, which gives offsets: the slow way to find the marker.
const expected = z
  .array(
    z.object({
      tokenizer: z.enum(["llama2-style", "byte-level"]),
      style: z.enum(["llama2-chat", "inside", "llama2-base", "template"]),
      parts: z.object({
        user: z.string(),
        system: z.string().optional(),
        answer: z.string().optional(),
      }),
      text: z.string(),
      ids: z.array(z.number()),
      markerIndex: z.number(),
      decoded: z.string(),
    }),
  )
  .parse(await readJson("expected.json"));

const tokenizers = {
  "llama2-style": await openFixture("llama2-style"),
  "byte-level": await openFixture("byte-level"),
};

describe("encodePrompt", () => {
  it.each(expected.map((row, i) => ({ ...row, name: `${row.tokenizer} ${row.style} ${i}` })))(
    "agrees with Python on text, ids and marker: $name",
    ({ tokenizer, style, parts: { user, system, answer }, text, ids, markerIndex }) => {
      const format: PromptFormat =
        style === "inside" ? { style: "llama2-chat", systemPosition: "inside" } : { style };
      const prompt = encodePrompt(tokenizers[tokenizer], format, {
        user,
        ...(system === undefined ? {} : { system }),
        ...(answer === undefined ? {} : { answer }),
      });
      expect(prompt).toEqual({ text, ids, markerIndex, promptLength: markerIndex + 1 });
    },
  );

  it("counts a token that straddles the end of the marker as holding it", () => {
    const bytes = ["[INST] hi [/INS", "T] (", "A)"].map((text) => new TextEncoder().encode(text));
    const tokenizer = {
      bosId: null,
      applyChatTemplate: () => "",
      encode: () => [0, 1, 2],
      bytes: (id: number) => bytes[id] ?? new Uint8Array(),
    };
    const prompt = encodePrompt(tokenizer, { style: "llama2-chat" }, { user: "hi", answer: "(A)" });
    expect(prompt.markerIndex).toBe(1);
  });

  it("refuses tokens that do not spell the marker", () => {
    const tokenizer = {
      bosId: 1,
      applyChatTemplate: () => "",
      encode: () => [0, 0],
      bytes: () => new TextEncoder().encode("<unk>"),
    };
    expect(() => encodePrompt(tokenizer, { style: "llama2-base" }, { user: "hi" })).toThrow(
      expect.objectContaining({ code: "marker-not-found" }),
    );
  });

  it("refuses a template that leaves out the system prompt", () => {
    const tokenizer = { ...tokenizers["byte-level"], applyChatTemplate: () => "hi\n" };
    expect(() =>
      encodePrompt(tokenizer, { style: "template" }, { user: "hi", system: "be kind" }),
    ).toThrow(expect.objectContaining({ code: "unsupported" }));
  });
});

const { CAA_TEST_MODEL = "", CAA_TEST_DATA = "", CAA_TEST_REFERENCE = "" } = process.env;
const model = join(CAA_TEST_MODEL, "SmolLM2-135M-Instruct-f32");
const questionsFile = join(CAA_TEST_DATA, "caa/test/sycophancy/test_dataset_open_ended.json");
const goldenFile = join(CAA_TEST_REFERENCE, "smollm2/sycophancy/open_ended.json");
const present =
  [CAA_TEST_MODEL, CAA_TEST_DATA, CAA_TEST_REFERENCE].every((folder) => folder !== "") &&
  [join(model, "tokenizer.json"), questionsFile, goldenFile].every((file) => existsSync(file));

describe.skipIf(!present)(
  "encodePrompt on SmolLM2 (CAA_TEST_MODEL, CAA_TEST_DATA, CAA_TEST_REFERENCE)",
  () => {
    const read = async (path: string): Promise<unknown> => JSON.parse(await readFile(path, "utf8"));

    it("gives the golden prompt ids", async () => {
      const config = z.looseObject({}).parse(await read(join(model, "tokenizer_config.json")));
      const template = join(model, "chat_template.jinja");
      const tokenizer = await openTokenizer({
        tokenizerJson: await read(join(model, "tokenizer.json")),
        tokenizerConfig: existsSync(template)
          ? { ...config, chat_template: await readFile(template, "utf8") }
          : config,
      });
      const questions = z
        .array(z.object({ question: z.string() }))
        .parse(await read(questionsFile));
      const golden = z
        .array(z.object({ item: z.number(), prompt_ids: z.array(z.number()) }))
        .parse(await read(goldenFile));
      expect(golden.length).toBeGreaterThanOrEqual(5);
      for (const { item, prompt_ids: ids } of golden) {
        const prompt = encodePrompt(
          tokenizer,
          { style: "template" },
          { user: questions[item]?.question ?? "" },
        );
        expect(prompt.ids).toEqual(ids);
        expect(prompt.markerIndex).toBe(ids.length - 1);
      }
    });
  },
);
