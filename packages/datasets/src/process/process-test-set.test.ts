import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { CaaError, createRandom } from "@caa/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readChoiceSet } from "../read/read-set.ts";
import { processData } from "./process-data.ts";
import {
  type Codec,
  madeMmlu,
  type MadeMmlu,
  madeTruthfulQa,
  type MadeTruthfulQa,
} from "./testing/made-parquet.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-parquet-"));
});
afterEach(() => rm(dir, { recursive: true }));

const TRUTHFUL = "raw/truthfulqa/validation-00000-of-00001.parquet";
const MMLU = "raw/mmlu/test-00000-of-00001.parquet";

async function put(path: string, content: Uint8Array): Promise<void> {
  await mkdir(dirname(join(dir, path)), { recursive: true });
  await writeFile(join(dir, path), content);
}

const truths = (count: number): readonly MadeTruthfulQa[] =>
  Array.from({ length: count }, (_, i) => ({
    question: `What is under stone ${i}?`,
    best_answer: `Moss number ${i}.`,
    incorrect_answers: [`A ring number ${i}.`, `A map number ${i}.`],
    category: i % 3 === 0 ? "Stones" : "Moss",
  }));

const exams = (subjects: number, each: number): readonly MadeMmlu[] =>
  Array.from({ length: subjects * each }, (_, i) => ({
    question: `Which stone is number ${i}?`,
    subject: `subject_${Math.floor(i / each)}`,
    choices: ["first", "second", "third", "fourth"].map((nth) => `The ${nth} of ${i}`),
    answer: i % 4,
  }));

describe("TruthfulQA from parquet", () => {
  it.each<Codec>(["SNAPPY", "UNCOMPRESSED"])(
    "takes %s and gives two-choice items",
    async (codec) => {
      const rows = truths(40);
      await put(TRUTHFUL, madeTruthfulQa(rows, codec));
      const { sets } = await processData(dir, { seed: 2 });
      const { items } = await readChoiceSet(join(dir, "test/truthfulqa/truthful_qa.json"));
      expect(items).toHaveLength(40);
      for (const [i, item] of items.entries()) {
        const row = rows[i];
        expect(item.correct_full_text).toBe(row?.best_answer);
        expect(row?.incorrect_answers).toContain(item.incorrect_full_text);
        expect(item.category).toBe(row?.category);
        expect(new Set([item.correct, item.incorrect])).toEqual(new Set(["(A)", "(B)"]));
        const [a, b] =
          item.correct === "(A)"
            ? [item.correct_full_text, item.incorrect_full_text]
            : [item.incorrect_full_text, item.correct_full_text];
        // A one-line request before the question.
        expect(item.prompt.split("\n").slice(1).join("\n")).toBe(
          `${row?.question}\n\nChoices:\n(A) ${a}\n(B) ${b}`,
        );
      }
      expect(new Set(items.map(({ correct }) => correct)).size).toBe(2);
      expect(new Set(items.map((item) => item.incorrect_full_text.slice(0, 3))).size).toBe(2);
      expect(sets[0]).toMatchObject({
        sizes: [{ items: 40, published: 817, holds: false }],
        probe: null,
      });
    },
  );

  it("says which questions have no right or no wrong answer to offer", async () => {
    const [first, ...rest] = truths(4);
    const blank = { question: "Who?", best_answer: " ", incorrect_answers: ["Me"], category: "x" };
    const same = {
      question: "Who?",
      best_answer: "Me",
      incorrect_answers: [" Me ", ""],
      category: "x",
    };
    await put(TRUTHFUL, madeTruthfulQa([blank, ...(first ? [first] : []), same, ...rest]));
    const { sets } = await processData(dir);
    expect(sets[0]?.entry).toMatchObject({ unusable: 2, files: [{ items: 4 }] });
    expect(sets[0]?.unusable.map(({ item }) => item)).toEqual([1, 3]);
  });
});

describe("MMLU from parquet", () => {
  it("gives every question, and ten of each category", async () => {
    const rows = exams(5, 14);
    await put(MMLU, madeMmlu(rows));
    await put("raw/mmlu/dev-00000-of-00001.parquet", madeMmlu(exams(1, 1))); // another split
    await processData(dir, { seed: 3 });
    const full = await readChoiceSet(join(dir, "test/mmlu/mmlu_full.json"));
    const short = await readChoiceSet(join(dir, "test/mmlu/mmlu.json"));
    expect(full.items).toHaveLength(70);
    for (const [i, item] of full.items.entries()) {
      const choices = rows[i]?.choices ?? [];
      expect(item.correct_full_text).toBe(choices[i % 4]);
      expect(choices).toContain(item.incorrect_full_text);
      expect(item.prompt.startsWith(`${rows[i]?.question}\n\nChoices:\n(A) `)).toBe(true);
    }
    const drawn = full.items.map(({ incorrect_full_text }) => incorrect_full_text.split(" ")[1]);
    expect(new Set(drawn)).toEqual(new Set(["first", "second", "third", "fourth"]));
    expect(short.items.map(({ category }) => category)).toEqual(
      Array.from({ length: 50 }, (_, i) => `subject_${Math.floor(i / 10)}`),
    );
    expect(full.items).toEqual(expect.arrayContaining([...short.items]));
    expect(new Set(short.items.map(({ prompt }) => prompt)).size).toBe(50);
  });

  it("has no leaks to drop", async () => {
    await put(MMLU, madeMmlu(exams(3, 12)));
    await expect(processData(dir, { dropLeaks: true })).rejects.toMatchObject({
      code: "invalid-argument",
      message: expect.stringMatching(/a behavior among the sets.*got mmlu/),
    });
  });

  it("makes the same bytes from the same seed", async () => {
    await put(MMLU, madeMmlu(exams(3, 12)));
    const make = async (out: string, seed: number): Promise<string> => {
      await processData(dir, { out: join(dir, out), seed });
      const files = ["mmlu.json", "mmlu_full.json"].map((file) =>
        readFile(join(dir, out, "test/mmlu", file), "utf8"),
      );
      return (await Promise.all(files)).join();
    };
    const first = await make("one", 1);
    expect(await make("two", 1)).toBe(first);
    expect(await make("three", 2)).not.toBe(first);
  });
});

describe("a parquet file that is not what it should be", () => {
  it.each<readonly [string, string, Uint8Array, string, RegExp]>([
    [
      "no parquet",
      MMLU,
      new TextEncoder().encode("question,answer\n1,2\n"),
      "invalid-file",
      /expected a parquet file, got/,
    ],
    ["an empty file", MMLU, new Uint8Array(), "invalid-file", /expected a parquet file, got/],
    ["cut in half", MMLU, madeMmlu(exams(2, 9)).slice(0, 300), "invalid-file", /footer != PAR1/],
    [
      "another data set",
      MMLU,
      madeTruthfulQa(truths(3)),
      "invalid-file",
      /a column "subject", got: type, category/,
    ],
    [
      "an answer past the choices",
      MMLU,
      madeMmlu([
        ...exams(1, 2),
        { question: "q", subject: "s", choices: ["a", "b", "c", "d"], answer: 4 },
      ]),
      "invalid-data",
      /row 3, field answer/,
    ],
    [
      "three choices",
      MMLU,
      madeMmlu([{ question: "q", subject: "s", choices: ["a", "b", "c"], answer: 0 }]),
      "invalid-data",
      /row 1, field choices/,
    ],
    [
      "a blank question",
      MMLU,
      madeMmlu([{ question: " ", subject: "s", choices: ["a", "b", "c", "d"], answer: 0 }]),
      "invalid-data",
      /row 1, field question: expected a text/,
    ],
    [
      "a null in a list",
      TRUTHFUL,
      madeTruthfulQa([
        ...truths(1),
        { question: "q", best_answer: "a", incorrect_answers: ["b", null], category: "c" },
      ]),
      "invalid-data",
      /row 2, field incorrect_answers.1/,
    ],
    [
      "a null question",
      TRUTHFUL,
      madeTruthfulQa([
        { question: null, best_answer: "a", incorrect_answers: ["b"], category: "c" },
      ]),
      "invalid-data",
      /row 1, field question/,
    ],
  ])("%s", async (_, path, bytes, code, message) => {
    await put(path, bytes);
    await expect(processData(dir)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      facts: { path: join(dir, path) },
    });
    await expect(readFile(join(dir, "manifest.json"))).rejects.toThrow(/ENOENT/);
  });

  it("that lies about its sizes, in bounded time and memory", async () => {
    const bytes = madeMmlu(exams(1, 8), "UNCOMPRESSED");
    const random = createRandom(11);
    const before = process.memoryUsage().rss;
    for (let round = 0; round < 6; round += 1) {
      const lying = bytes.slice();
      // Numbers in the footer and the page headers have seven bits a byte; the high bit makes them longer and larger.
      for (let hit = 0; hit < 4; hit += 1) {
        const at = hit < 2 ? random.integer(60) : bytes.length - 9 - random.integer(600);
        lying[at] = 0x80 | random.integer(128);
      }
      await put(MMLU, lying);
      const outcome = await processData(dir, { overwrite: true }).then(
        () => "read",
        (error: unknown) =>
          CaaError.isInstance(error) && error.message.includes("mmlu") ? "refused" : String(error),
      );
      expect(["read", "refused"]).toContain(outcome);
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(1.5e9);
  });

  it("stops when the caller does", async () => {
    await put(MMLU, madeMmlu(exams(1, 8)));
    const controller = new AbortController();
    const job = processData(dir, { signal: controller.signal });
    setTimeout(() => controller.abort(), 5);
    await expect(job).rejects.toMatchObject({ code: "aborted" });
  });
});
