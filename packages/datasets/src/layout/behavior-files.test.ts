import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { nameBehavior, readBehaviorFile } from "./behavior-file.ts";
import { findBehaviorAt, isBehaviorPath } from "./behavior-files.ts";
import { findNamedBehavior } from "./layout.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-own-"));
});
afterEach(() => rm(dir, { recursive: true }));

async function put(path: string, content = "[]"): Promise<string> {
  const full = join(dir, path);
  await mkdir(join(full, ".."), { recursive: true });
  await writeFile(full, content);
  return full;
}

describe("a behavior of one's own", () => {
  it.each([
    ["refusal", false],
    ["my-behavior_2", false],
    ["./refusal", true],
    ["sets/refusal", true],
    ["sets\\refusal", true],
    ["honesty.csv", true],
    ["honesty.jsonl.GZ", true],
    ["..", true],
  ])("%s is a path: %s", (text, expected) => {
    expect(isBehaviorPath(text)).toBe(expected);
  });

  it("is a folder with short or long names, in any format", async () => {
    const generate = await put("honesty/generate.csv");
    const test = await put("honesty/test_dataset_ab.jsonl");
    const open = await put("honesty/open_ended.json.gz");
    expect(await findBehaviorAt(join(dir, "honesty"))).toEqual({
      name: "honesty",
      origin: "path",
      place: join(dir, "honesty"),
      paths: { generate, "test-ab": test, "test-open-ended": open },
      behaviorFile: null,
    });
  });

  it("is one file, for pairs and for test items", async () => {
    const file = await put("my pairs (new).csv");
    const found = await findBehaviorAt(file);
    expect(found.paths).toEqual({ generate: file, "test-ab": file, "test-open-ended": null });
    expect(await nameBehavior(found)).toBe("my-pairs-new");
  });

  it("is a file of a folder, by its name", async () => {
    const test = await put("kind/test.csv");
    const declared = await put("kind/behavior.json", '{"name": "kindness", "meaning": "kind"}');
    const found = await findBehaviorAt(test);
    expect(found.paths).toEqual({ generate: null, "test-ab": test, "test-open-ended": null });
    expect(found.behaviorFile).toBe(declared);
    expect(await nameBehavior(found)).toBe("kindness");
  });

  it("has one file of a kind, and at least one", async () => {
    await put("two/generate.csv");
    await put("two/generate_dataset.json");
    await expect(findBehaviorAt(join(dir, "two"))).rejects.toThrow(
      /got generate_dataset\.json and generate\.csv/,
    );
    await put("none/pairs.csv");
    await expect(findBehaviorAt(join(dir, "none"))).rejects.toThrow(/got pairs\.csv$/);
    await put("root/generate/kind/generate_dataset.json");
    await expect(findBehaviorAt(join(dir, "root"))).rejects.toThrow(/--data .*root$/);
    await expect(findBehaviorAt(join(dir, "nothing"))).rejects.toMatchObject({ code: "not-found" });
  });

  it("without a letter in its name needs one in behavior.json", async () => {
    await put("誠実/generate.csv");
    const path = join(dir, "誠実");
    await expect(findBehaviorAt(path).then(nameBehavior)).rejects.toThrow(/letters or digits/);
    await put("誠実/behavior.json", '{"name": "sincerity", "meaning": "sincere"}');
    expect(await findBehaviorAt(path).then(nameBehavior)).toBe("sincerity");
  });

  it("in a data folder keeps the name of its folder", async () => {
    await put("root/generate/kind/generate_dataset.csv");
    await put("root/test/kind/test_dataset_ab.json");
    await put("root/generate/kind/behavior.json", '{"name": "kindness", "meaning": "kind"}');
    const found = await findNamedBehavior(join(dir, "root"), "kind");
    expect(found.origin).toBe("data-folder");
    expect(found.paths["test-ab"]).toBe(join(dir, "root/test/kind/test_dataset_ab.json"));
    expect(await nameBehavior(found)).toBe("kind");
    await expect(findNamedBehavior(join(dir, "root"), "kid")).rejects.toThrow(/mean "kind"/);
  });
});

describe("behavior.json", () => {
  it.each([
    ['{"name": "x", "meaning": "y", "rubrik": "z"}', /rubrik/],
    ['{"name": "../x", "meaning": "y"}', /field name: expected a name of letters/],
    [
      '{"name": "x", "meaning": "y",\n"systemPrompts": {"positive": "p"}}',
      /field systemPrompts\.negative/,
    ],
    ['{"name": "x",\n "meaning": }', /line 2: expected a JSON object/],
    ["", /expected a JSON object/],
  ])("%s names the field or line", async (text, message) => {
    const path = await put("behavior.json", text);
    await expect(readBehaviorFile(path)).rejects.toThrow(message);
    await expect(readBehaviorFile(path)).rejects.toThrow(path);
  });
});
