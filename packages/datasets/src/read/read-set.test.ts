import { createHash } from "node:crypto";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAX_FILE_BYTES, MAX_ITEMS } from "./limits.ts";
import { readAbTestSet, readGenerateSet, readOpenEndedSet } from "./read-set.ts";

const item = (
  matching: unknown,
  other: unknown,
  question = "Stop?\n\nChoices:\n (A) Yes\n (B) No",
): object => ({
  question,
  answer_matching_behavior: matching,
  answer_not_matching_behavior: other,
});
const eight = `Which?\n\nChoices:\n${[..."ABCDEFGH"].map((x) => `(${x})choice`).join("\n")}`;

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-datasets-"));
});
afterEach(() => rm(dir, { recursive: true }));

async function write(content: string | Uint8Array, name = "set.json"): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
}
const writeItems = (...items: unknown[]): Promise<string> => write(JSON.stringify(items));

describe("reading a set", () => {
  it("takes answers with blanks and lists of one text, and says their letters", async () => {
    const path = await writeItems(item(" (B)", ["(A)"]), item("(H)", "(C)", eight));
    const set = await readGenerateSet(path, { behavior: "calm" });
    expect(set.behavior).toBe("calm");
    expect(set.items[0]).toEqual({
      question: "Stop?\n\nChoices:\n (A) Yes\n (B) No",
      answer_matching_behavior: "(B)",
      answer_not_matching_behavior: "(A)",
      matchingLetter: "B",
      notMatchingLetter: "A",
    });
    expect(set.items[1]).toMatchObject({ matchingLetter: "H", notMatchingLetter: "C" });
  });

  it("reads the same items from JSON, JSONL, with a byte order mark and with CRLF", async () => {
    const items = [item("(A)", "(B)"), item("(B)", "(A)")];
    const texts = [
      JSON.stringify(items),
      `\uFEFF${JSON.stringify(items, null, 2).replaceAll("\n", "\r\n")}`,
      `${items.map((x) => JSON.stringify(x)).join("\r\n\r\n")}\r\n`,
      `\uFEFF${items.map((x) => JSON.stringify(x)).join("\n")}`,
      gzipSync(JSON.stringify(items)),
    ];
    const sets = [];
    for (const text of texts) {
      sets.push((await readAbTestSet(await write(text))).items);
    }
    expect(sets[0]).toHaveLength(2);
    for (const set of sets) {
      expect(set).toEqual(sets[0]);
    }
  });

  it("takes one object over several lines as one item", async () => {
    const { items } = await readAbTestSet(await write(JSON.stringify(item("(A)", "(B)"), null, 2)));
    expect(items).toHaveLength(1);
    await expect(
      readAbTestSet(await write(JSON.stringify({ data: [item("(A)", "(B)")] }, null, 2))),
    ).rejects.toThrow(/item 1: expected the fields question, .* or positive, negative; got "data"/);
  });

  it("reads Windows line ends in texts as plain ones", async () => {
    const question = "Stop?\r\n\r\nChoices:\r\n (A) Yes\r\n (B) No";
    const { items } = await readAbTestSet(await writeItems(item("(A)", "(B)", question)));
    expect(items[0]?.question).toBe("Stop?\n\nChoices:\n (A) Yes\n (B) No");
  });

  it("hashes the bytes of the file", async () => {
    const path = await writeItems(item("(A)", "(B)"));
    const expected = createHash("sha256")
      .update(JSON.stringify([item("(A)", "(B)")]))
      .digest("hex");
    expect((await readAbTestSet(path)).hash).toBe(expected);
  });

  it.each([
    ["the same letter twice", item("(A)", " (A)"), "answer_not_matching_behavior", /\(A\) twice/],
    [
      "a letter not offered",
      item("(C)", "(A)"),
      "answer_matching_behavior",
      /got \(C\); it offers \(A\) \(B\)/,
    ],
    ["no letter", item("Yes", "(A)"), "answer_matching_behavior", /\(A\) to \(H\), got "Yes"/],
    ["a letter past H", item("(A)", "(I)"), "answer_not_matching_behavior", /got "\(I\)"/],
    [
      "a list of two",
      item(["(A)", "(B)"], "(B)"),
      "answer_matching_behavior",
      /a list with that one text/,
    ],
    [
      "no question",
      { ...item("(A)", "(B)"), question: undefined },
      "question",
      /of this name, got "answer_matching_behavior", /,
    ],
    ["a blank question", item("(A)", "(B)", " \n"), "question", /blanks only/],
    ["no choices", item("(A)", "(B)", "Stop?"), "answer_matching_behavior", /no lettered choice/],
    ["no object", 7, "", /object/],
  ])("names file, item and field: %s", async (_, bad, field, reason) => {
    const good = item("(A)", "(B)");
    const path = await writeItems(good, bad);
    await expect(readGenerateSet(path)).rejects.toMatchObject({
      code: "invalid-data",
      message: expect.stringMatching(reason),
      facts: { path, item: 2, field },
    });
    await expect(readGenerateSet(path)).rejects.toThrow(`${path}: item 2`);
    const lines = await write(`${JSON.stringify(good)}\n\n${JSON.stringify(bad)}\n`, "set.jsonl");
    await expect(readGenerateSet(lines)).rejects.toThrow(`${lines}: item 2 (line 3)`);
  });

  it("refuses what is no data set", async () => {
    const cases: ReadonlyArray<readonly [string | Uint8Array, string, RegExp]> = [
      ["[]", "empty-selection", /at least one item/],
      ["\n \n", "empty-selection", /at least one item/],
      ["[{]", "invalid-file", /JSON array/],
      ['{"question": "x"}\n{"quest', "invalid-file", /item 2 \(line 2\)/],
      ["question,answer", "invalid-file", /starts with "q"/],
      [new Uint8Array([0x5b, 0xff, 0x5d]), "invalid-file", /UTF-8/],
    ];
    for (const [content, code, message] of cases) {
      await expect(readOpenEndedSet(await write(content))).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
    }
    await expect(readOpenEndedSet(join(dir, "none.json"))).rejects.toMatchObject({
      code: "not-found",
    });
    await expect(readOpenEndedSet(dir)).rejects.toMatchObject({ code: "invalid-file" });
  });

  it("refuses more items than any set has, without a record for each", async () => {
    for (const content of [`[${"0,".repeat(MAX_ITEMS + 5)}0]`, "{}\n".repeat(MAX_ITEMS + 5)]) {
      await expect(readGenerateSet(await write(content))).rejects.toMatchObject({
        code: "invalid-file",
        message: expect.stringContaining("at most 1000000 items, got more"),
      });
    }
  });

  it("refuses a file past the limit before it reads it", async () => {
    const path = await write("[]");
    await truncate(path, MAX_FILE_BYTES + 1); // sparse
    await expect(readGenerateSet(path)).rejects.toThrow(/at most 67108864 bytes/);
  });
});
