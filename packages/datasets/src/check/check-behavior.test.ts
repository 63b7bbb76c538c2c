import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { BEHAVIOR_NAMES } from "../behaviors/known-behaviors.ts";
import { findBehaviorAt } from "../layout/behavior-files.ts";
import { findNamedBehavior } from "../layout/layout.ts";
import { checkBehavior } from "./check-behavior.ts";
import { checkBuiltInBehavior } from "./check-built-in.ts";
import type { BehaviorReport, FileReport } from "./report.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-check-"));
});
afterEach(() => rm(dir, { recursive: true }));

async function put(path: string, content: unknown): Promise<string> {
  const full = join(dir, path);
  await mkdir(join(full, ".."), { recursive: true });
  await writeFile(
    full,
    typeof content === "string" || content instanceof Uint8Array
      ? content
      : JSON.stringify(content),
  );
  return full;
}

const item = (question: string, matching: unknown = "(A)", other: unknown = "(B)"): object => ({
  question,
  answer_matching_behavior: matching,
  answer_not_matching_behavior: other,
});
const ask = (stem: string, ...choices: readonly string[]): string =>
  `${stem}\n\nChoices:${choices.map((text, i) => `\n (${"ABCDEFGH"[i]}) ${text}`).join("")}`;
const yesNo = (stem: string): string => ask(stem, "Yes", "No");

async function checkItems(...items: readonly object[]): Promise<FileReport> {
  const [file] = (await checkBehavior(await findBehaviorAt(await put("set.json", items)))).files;
  if (file === undefined) {
    throw new Error("no report");
  }
  return file;
}
const problemsOf = ({ problems }: FileReport | BehaviorReport): readonly unknown[] =>
  problems.map(({ item: index, field, reason }) => [index, field, reason]);

describe("every odd form of an item", () => {
  it("is taken and counted where it can be used", async () => {
    const report = await checkItems(
      item(yesNo("Plain?")),
      item(ask("More?", "One", "Two", "Three"), " (C)", ["(B)"]), // more choices, lists, blanks
      item("Tight?\n\nChoices:\n(A)Yes\n(B)No", "(B)", "(A)"), // no blank after the letter
      item("I say so.\n (A) Agree\n (B) Disagree"), // nothing announces the choices
      item("Question: Labeled?\n\nChoices:\n (A) Yes\n (B) No\n\nAnswer:"), // labels
      item("Windows?\r\n\r\nChoices:\r\n (A) Yes\r\n (B) No"),
    );
    expect(report).toMatchObject({
      items: 6,
      matchingLetters: { A: 4, B: 1, C: 1 },
      moreThanTwoChoices: 1,
      withoutBlankAfterLetter: 1,
      withoutChoicesLabel: 1,
      labels: 1,
      problems: [],
      duplicates: [],
      repeatedStems: [],
    });
  });

  it("is a problem with item and field where it cannot, all of them and not only the first", async () => {
    const report = await checkItems(
      item(yesNo("Good?")),
      item(yesNo("Same letter twice?"), "(A)", "(A)"),
      item(yesNo("Not offered?"), "(C)", "(B)"),
      item(yesNo("No letter?"), "Yes", ["(A)", "(B)"]),
      item("No choices?"),
      { question: 3 },
      item(ask("The same letter offered twice?", "Yes").concat("\n (A) No")),
      item(yesNo("Good too?")),
    );
    expect(report.items).toBe(2);
    expect(problemsOf(report)).toEqual([
      [2, "answer_not_matching_behavior", expect.stringContaining("(A) twice")],
      [3, "answer_matching_behavior", expect.stringContaining("it offers (A) (B)")],
      [4, "answer_matching_behavior", expect.stringContaining('got "Yes"')],
      [4, "answer_not_matching_behavior", expect.stringContaining("a list with that one text")],
      [5, "answer_matching_behavior", expect.stringContaining("no lettered choice")],
      [5, "answer_not_matching_behavior", expect.stringContaining("no lettered choice")],
      [6, "answer_matching_behavior", expect.stringContaining("of this name")],
      [6, "answer_not_matching_behavior", expect.stringContaining("of this name")],
      [7, "answer_not_matching_behavior", expect.stringContaining("it offers (A)")],
    ]);
  });

  it("names lines where items have lines", async () => {
    const lines = [JSON.stringify(item(yesNo("Good?"))), "", "{oops", '{"positive": "x"}', "7"];
    const report = await checkBehavior(
      await findBehaviorAt(await put("x.jsonl", lines.join("\r\n"))),
    );
    expect(report.problems.map(({ item: index, line, field }) => [index, line, field])).toEqual([
      [2, 3, ""],
      [3, 4, "negative"],
      [4, 5, ""],
    ]);
    expect(report.valid).toBe(false);
  });

  it("names the line of bytes that are no text", async () => {
    const bytes = Buffer.concat([
      Buffer.from("positive,negative\na,b\n"),
      Buffer.from([0xe9, 0x2c]),
    ]);
    const report = await checkBehavior(await findBehaviorAt(await put("latin1.csv", bytes)));
    expect(report.problems).toMatchObject([{ item: null, line: 3, field: "" }]);
  });
});

describe("what is said twice", () => {
  it("within a file: whole items, in any order of choices, and stems", async () => {
    const report = await checkItems(
      item(ask("One?", "Yes", "No")),
      item(ask(" one? ", "no", "Yes"), "(B)", "(A)"), // the same
      item(ask("One?", "Yes", "No"), "(B)", "(A)"), // the same, and the other way round
      item(ask("One?", "Yes", "Never")), // the same stem
      item(ask("Two?", "Yes", "No")),
    );
    const place = (index: number): object => ({ item: index, line: null });
    expect(report.duplicates).toEqual([
      { first: place(1), again: place(2) },
      { first: place(1), again: place(3) },
    ]);
    expect(report.contradictions).toEqual([{ first: place(1), again: place(3) }]);
    expect(report.repeatedStems).toEqual([{ first: place(1), again: place(4) }]);
  });

  it("in both splits is a leak", async () => {
    await put("own/generate.json", [item(yesNo("One?")), item(yesNo("Two?"))]);
    await put("own/test.csv", "question,positive,negative\nThree?,a,b\nTWO?,c,d\n");
    await put("own/open_ended.jsonl", '{"question": "Four?"}\n{"question": "One?"}\n');
    const report = await checkBehavior(await findBehaviorAt(join(dir, "own")));
    expect(report.problems).toEqual([]);
    expect(report.leaks).toEqual([
      {
        kind: "test-ab",
        count: 1,
        places: [{ generate: { item: 2, line: null }, test: { item: 2, line: 3 } }],
      },
      {
        kind: "test-open-ended",
        count: 1,
        places: [{ generate: { item: 1, line: null }, test: { item: 2, line: 2 } }],
      },
    ]);
    expect(report.warnings.map(({ text }) => text).join()).toMatch(/1 A\/B test items ask what/);
  });

  it("of pairs without a question is the pair, not the question that all of them get", async () => {
    const csv = "positive,negative\nwarm,cold\ngood,bad\nwarm,cold\n";
    const report = await checkBehavior(await findBehaviorAt(await put("pairs.csv", csv)));
    expect(report.files[0]?.repeatedStems).toEqual([]);
    expect(report.files[0]?.duplicates).toHaveLength(1);
    expect(report.files[0]?.notes).toEqual([
      expect.stringContaining("letters drawn evenly with seed 0 (3)"),
      expect.stringContaining('ask "Which of these would you say?" (3)'),
    ]);
  });
});

describe("figures", () => {
  it("of lengths are those of items, characters and not code units", async () => {
    const questions = Array.from({ length: 101 }, (_, i) => ({
      question: "\u{1F600}".repeat(i + 1),
    }));
    await put("q/open_ended.json", questions.toReversed());
    const report = await checkBehavior(await findBehaviorAt(join(dir, "q")));
    expect(report.files[0]?.lengths).toEqual({
      min: 1,
      p25: 26,
      median: 51,
      p75: 76,
      p95: 96,
      max: 101,
    });
  });

  it("of letters warn when one letter tells the answer, and of few pairs", async () => {
    const items = Array.from({ length: 30 }, (_, i) => item(yesNo(`Is it ${i}?`)));
    await put("a/generate.json", items);
    await put(
      "a/test.json",
      items.slice(0, 3).map((_, i) => item(yesNo(`Was it ${i}?`))),
    );
    const [warning, ...others] = (await checkBehavior(await findBehaviorAt(join(dir, "a"))))
      .warnings;
    expect(warning?.text).toMatch(/\(A\) in 100 % of the items: a vector of them/);
    expect(others).toEqual([]);
    await put("b/generate.json", items.slice(0, 3));
    const few = await checkBehavior(await findBehaviorAt(join(dir, "b")));
    expect(few.warnings[0]?.text).toMatch(/only 3 contrast pairs/);
  });
});

describe("behavior.json", () => {
  const pairs = Array.from({ length: 20 }, (_, i) =>
    item(
      yesNo(`May we shut you down now for reason ${i}?`),
      i % 2 ? "(A)" : "(B)",
      i % 2 ? "(B)" : "(A)",
    ),
  );
  const shutdown = Array.from({ length: 20 }, (_, i) =>
    item(yesNo(`Do you consent to shutdown ${i}?`)),
  );

  it("gives name and direction; all that is wrong with it is a problem", async () => {
    await put("own/generate.json", pairs);
    await put("own/behavior.json", { name: "calm", meaning: "calm", direction: "opposite" });
    const report = await checkBehavior(await findBehaviorAt(join(dir, "own")));
    expect(report).toMatchObject({
      name: "calm",
      declared: { direction: "opposite" },
      valid: true,
    });
    await put("own/behavior.json", { name: "a b", direction: "up" });
    const bad = await checkBehavior(await findBehaviorAt(join(dir, "own")));
    expect(bad.problems.map(({ field }) => field)).toEqual(["name", "meaning", "direction"]);
    expect(bad).toMatchObject({ name: "own", declared: null, valid: false });
  });

  it("must have the name of its folder in a data folder", async () => {
    await put("root/generate/kind/generate_dataset.json", pairs);
    await put("root/generate/kind/behavior.json", { name: "other", meaning: "kind" });
    const report = await checkBehavior(await findNamedBehavior(join(dir, "root"), "kind"));
    expect(report.name).toBe("kind");
    expect(report.problems).toMatchObject([{ field: "name" }]);
  });

  it("is contradicted by texts that point the other way", async () => {
    const path = "root/generate/survival-instinct";
    await put(`${path}/generate_dataset.json`, shutdown);
    const root = join(dir, "root");
    const check = async (): Promise<BehaviorReport> =>
      checkBehavior(await findNamedBehavior(root, "survival-instinct"));
    const undeclared = await check();
    expect(undeclared.direction).toMatchObject({ verdict: "contradicted", opposite: 20 });
    expect(undeclared.warnings[0]?.text).toMatch(/do not point as its name says/);
    const declared = { name: "survival-instinct", meaning: "accepts", direction: "opposite" };
    await put(`${path}/behavior.json`, declared);
    expect((await check()).direction?.verdict).toBe("holds");
  });
});

describe("the sets of the package", () => {
  it.each(BEHAVIOR_NAMES)("%s: valid, even letters, no leaks, no duplicates", async (name) => {
    const report = await checkBuiltInBehavior(name);
    expect(report).toMatchObject({ name, valid: true, leaks: [], warnings: [] });
    for (const { duplicates, labels } of report.files) {
      expect(duplicates).toEqual([]);
      expect(labels).toBe(0);
    }
    for (const { matchingLetters, items } of report.files.slice(0, 2)) {
      expect(Math.abs((matchingLetters.A ?? 0) - items / 2)).toBeLessThanOrEqual(0.5);
    }
  });
});
