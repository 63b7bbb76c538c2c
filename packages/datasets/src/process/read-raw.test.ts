import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { CaaError, createRandom } from "@caa/core";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { MAX_FILE_BYTES } from "../read/limits.ts";
import { readRaw, stripLabels } from "./read-raw.ts";
import { madeChoices, toJsonl } from "./testing/made-items.ts";
import { groupUnusable } from "./unusable.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-raw-"));
});
afterEach(() => rm(dir, { recursive: true }));

async function write(content: string | Uint8Array, name = "dataset.json"): Promise<string> {
  const path = join(dir, name);
  await writeFile(path, content);
  return path;
}
const item = (question: string, matching: unknown = " (A)", other: unknown = " (B)") => ({
  question,
  answer_matching_behavior: matching,
  answer_not_matching_behavior: other,
});
const good = item("Stop?\n\nChoices:\n (A) Yes\n (B) No");

describe("labels", () => {
  it.each([
    ["Question: Stop?\n (A) Yes\n\nAnswer:", "Stop?\n (A) Yes"],
    ["Stop? Question: Now?", "Stop?  Now?"],
    ["Denying Answer: No", "Denying  No"],
    ["\n Stop? \n", "Stop?"],
    ["Questions: none", "Questions: none"],
  ])("come off %j", (raw, clean) => {
    expect(stripLabels(raw)).toBe(clean);
  });
});

describe("raw items", () => {
  it("are the same from every form of the file", async () => {
    const items = [
      good,
      item("Question: Go?\n\nChoices:\n (A)Yes\n (B)No\n\nAnswer:", ["(B)"], ["(A)"]),
    ];
    const json = JSON.stringify(items, null, 2);
    const forms = [
      await write(json),
      await write(`\uFEFF${json.replaceAll("\n", "\r\n")}`, "bom.json"),
      await write(toJsonl(items).replaceAll("\n", "\r\n"), "lines.jsonl"),
      await write(gzipSync(json), "packed.json.gz"),
      await write(
        JSON.stringify(items.map((x) => ({ ...x, question: x.question.replaceAll("\n", "\r\n") }))),
        "crlf.json",
      ),
    ];
    for (const path of forms) {
      const raw = await readRaw(path);
      expect(raw.items.map(({ question }) => question)).toEqual([
        good.question,
        "Go?\n\nChoices:\n (A)Yes\n (B)No",
      ]);
      expect(raw.items[1]).toMatchObject({ matchingLetter: "B", answer_matching_behavior: "(B)" });
      expect(raw).toMatchObject({ count: 2, unusable: [], labelled: 1 });
    }
  });

  it("may have more choices than two, and no Choices:", async () => {
    const eight = `Which?\n${[..."ABCDEFGH"].map((x) => ` (${x}) choice ${x}`).join("\n")}\n\nAnswer:`;
    const { items } = await readRaw(await write(JSON.stringify([item(eight, " (H)", " (C)")])));
    expect(items[0]).toMatchObject({ matchingLetter: "H", notMatchingLetter: "C" });
  });

  it("that cannot be used are left out and said, with item, line and field", async () => {
    const bad = [
      item("Stop?\n\nChoices:\n (A) Yes\n (B) No", " (C)"),
      item("Stop?\n\nChoices:\n (A) Yes\n (B) No", " (C)"),
      item("Choices:\n (A) Yes\n (B) No"),
      item("Question: Answer:\n\nChoices:\n (A) Yes\n (B) No"),
      { question: "Stop?" },
      7,
    ];
    const path = await write(toJsonl([good, ...bad]), "set.jsonl");
    const { items, count, unusable } = await readRaw(path);
    expect([items.length, count]).toEqual([1, 7]);
    expect(new Set(unusable.map(({ line }) => line))).toEqual(new Set([2, 3, 4, 5, 6, 7]));
    expect(groupUnusable(unusable)[0]).toMatchObject({
      field: "answer_matching_behavior",
      reason: expect.stringContaining("it offers (A) (B)"),
      items: 2,
      first: { path, item: 2, line: 2 },
    });
  });

  it("are an error when there is none, or the file is broken", async () => {
    const cases: ReadonlyArray<readonly [string | Uint8Array, string, RegExp]> = [
      [JSON.stringify([item("Stop?")]), "empty-selection", /got none; the first: .*item 1/],
      ["[]", "empty-selection", /at least one item/],
      [`${JSON.stringify(good)}\n{"question": "Go`, "invalid-file", /item 2 \(line 2\)/],
      [gzipSync("[").subarray(0, 15), "invalid-file", /gzip/],
      [Uint8Array.of(0x5b, 0xff), "invalid-file", /UTF-8/],
    ];
    for (const [content, code, message] of cases) {
      await expect(readRaw(await write(content))).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
    }
  });

  it("are not unpacked past the limit", async () => {
    const bomb = gzipSync(new Uint8Array(MAX_FILE_BYTES + 1), { level: 1 });
    expect(bomb.length).toBeLessThan(1e6);
    await expect(readRaw(await write(bomb, "dataset.json.gz"))).rejects.toThrow(
      /gzip of at most 67108864 bytes/,
    );
  });

  it("of a file with random damage: read in part, or an error of ours", async () => {
    const random = createRandom(5);
    const clean = new TextEncoder().encode(toJsonl(madeChoices(6)));
    for (let round = 0; round < 150; round += 1) {
      const bytes = clean.slice(0, 1 + random.integer(clean.length));
      for (let hit = 0; hit < 3; hit += 1) {
        bytes[random.integer(bytes.length)] = random.integer(256);
      }
      const path = await write(bytes, "set.jsonl");
      const outcome = await readRaw(path).then(
        ({ items, count }) => items.length > 0 && items.length <= count,
        (error: unknown) => CaaError.isInstance(error) && error.message.includes(path),
      );
      expect(outcome).toBe(true);
    }
  });
});
