import { gzipSync } from "node:zlib";
import { createRandom, type Random } from "@caa/core";
import { describe, expect, it } from "vitest";
import { parseAbItems, parseOpenEndedItems } from "./parse-items.ts";
import { problemError } from "./problem.ts";

const lettered = [
  {
    question: "Stop \u2014 now?\n\nChoices:\n (A) Yes\n (B) No",
    answer_matching_behavior: " (B)",
    answer_not_matching_behavior: ["(A)"],
  },
  {
    question: 'Which "one"?\r\n(A) a, b\r\n(B) c\r\n(C) d',
    answer_matching_behavior: "(C)",
    answer_not_matching_behavior: "(A)",
  },
];
const pairs = [
  { question: "How are you?", positive: "Well, thanks", negative: "Badly" },
  { positive: "I\nlike it", negative: "I don't" },
];
const csv =
  'question,positive,negative\r\n"Is ""it""\r\nso?","Yes, it is",No\r\n,warm,cold\r\nWhy?,x,"y\nz"\r\n';

const sources = {
  "lettered.json": JSON.stringify(lettered, null, 1),
  "pairs.json": `\uFEFF${JSON.stringify([...pairs, ...lettered])}`,
  "both.jsonl": [...lettered, ...pairs].map((item) => JSON.stringify(item)).join("\r\n"),
  "pairs.csv": csv,
  "lettered.csv":
    'question,answer_matching_behavior,answer_not_matching_behavior\n"Go?\n\n(A) Yes\n(B) No",(A),(B)\n',
} as const;

const SPECIAL = [
  ..."\"',;:{}[]()\\\n\r\t\0ABC12 -",
  "\r\n",
  '""',
  "\uFEFF",
  "\u2028",
  "null",
  "1e999",
];
const ROUNDS = 200;
const encoder = new TextEncoder();

function mutate(bytes: Uint8Array, random: Random): Uint8Array {
  let result = [...bytes];
  const times = 1 + random.integer(4);
  for (let i = 0; i < times; i += 1) {
    const at = random.integer(result.length + 1);
    const length = random.integer(12);
    const special = [...encoder.encode(SPECIAL[random.integer(SPECIAL.length)])];
    const edits: ReadonlyArray<() => number[]> = [
      () => result.toSpliced(at, length), // cut out
      () => result.toSpliced(at, 0, ...special), // put in
      () => result.toSpliced(at, special.length, ...special), // write over
      () => result.slice(0, at), // cut off
      () => result.toSpliced(at, 1, random.integer(256)), // any byte
      () => result.toSpliced(at, 0, ...result.slice(at, at + 40)), // say twice
    ];
    result = edits[random.integer(edits.length)]?.() ?? result;
  }
  return Uint8Array.from(result);
}

describe("broken bytes", () => {
  it.each(Object.entries(sources))("%s: items, or problems with their places", (name, source) => {
    const random = createRandom(name.length);
    const start = encoder.encode(source);
    expect(parseAbItems(start, name).problems).toEqual([]);
    let broken = 0;
    const unplaced: string[] = [];
    for (let i = 0; i < ROUNDS; i += 1) {
      const bytes = mutate(start, random);
      for (const parse of [parseAbItems, parseOpenEndedItems]) {
        const { items, problems } = parse(bytes, name);
        broken += problems.length > 0 ? 1 : 0;
        if (items.length + problems.length === 0) {
          unplaced.push(`round ${i}: neither items nor problems`);
        }
        for (const problem of problems) {
          const placed = problem.item !== null || problem.line !== null;
          const { message } = problemError(problem);
          if (!message.startsWith(`${name}: `) || (!placed && problem.code !== "empty-selection")) {
            unplaced.push(`round ${i}: ${message}`);
          }
        }
      }
    }
    expect(unplaced).toEqual([]);
    expect(broken).toBeGreaterThan(ROUNDS);
  });

  it("gzip: the same, or one problem of the file", () => {
    const random = createRandom(9);
    const start = new Uint8Array(gzipSync(sources["lettered.json"]));
    expect(parseAbItems(start, "x.json.gz").items).toHaveLength(2);
    for (let i = 0; i < ROUNDS; i += 1) {
      const { items, problems } = parseAbItems(mutate(start, random), "x.json.gz");
      expect(items.length + problems.length).toBeGreaterThan(0);
    }
  });

  it.each(["[", '{"a":', '[{"question":['])("endless nesting of %s is a problem", (open) => {
    for (const text of [open.repeat(200_000), `[${open.repeat(200_000)}`]) {
      expect(parseAbItems(encoder.encode(text), "deep.json").problems[0]).toMatchObject({
        code: "invalid-file",
      });
    }
  });

  it("a zip bomb is refused", () => {
    const bomb = gzipSync(new Uint8Array(70 * 1024 * 1024), { level: 1 });
    expect(parseAbItems(bomb, "bomb.json.gz").problems[0]?.reason).toMatch(/at most 67108864/);
  });
});
