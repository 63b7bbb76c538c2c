import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findBehaviors, findDataFile } from "./layout.ts";
import { editDistance, suggest } from "./suggest.ts";

let dir = "";
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "caa-layout-"));
});
afterEach(() => rm(dir, { recursive: true }));

async function put(...parts: string[]): Promise<string> {
  const path = join(dir, ...parts);
  await mkdir(join(path, ".."), { recursive: true });
  await writeFile(path, "[]");
  return path;
}

describe("the layout of a data folder", () => {
  it("finds behaviors by the files they have", async () => {
    await put("generate", "refusal", "generate_dataset.json");
    await put("generate", "empty", "notes.txt");
    const lines = await put("test", "sycophancy", "test_dataset_ab.jsonl");
    await put("test", "mmlu", "mmlu.json");
    expect(await findBehaviors(dir)).toEqual(["refusal", "sycophancy"]);
    expect(await findBehaviors(dir, { kind: "generate" })).toEqual(["refusal"]);
    expect(await findDataFile(dir, "sycophancy", "test-ab")).toBe(lines);
  });

  it("takes a folder that holds datasets/", async () => {
    const path = await put("datasets", "generate", "refusal", "generate_dataset.json");
    expect(await findDataFile(dir, "refusal", "generate")).toBe(path);
    expect(await findBehaviors(join(dir, "datasets"))).toEqual(["refusal"]);
  });

  it("suggests the closest behavior and lists all", async () => {
    await put("generate", "refusal", "generate_dataset.json");
    await put("generate", "sycophancy", "generate_dataset.json");
    await expect(findDataFile(dir, "sycophansy", "generate")).rejects.toMatchObject({
      code: "not-found",
      message: expect.stringMatching(/Did you mean "sycophancy"\? There: refusal, sycophancy$/),
    });
    await expect(findDataFile(dir, "honesty", "generate")).rejects.toThrow(
      /generate_dataset\.json\. There: /,
    );
    await expect(findDataFile(dir, "../generate/refusal", "generate")).rejects.toMatchObject({
      code: "not-found",
    });
  });

  it("says when a folder is no data folder", async () => {
    await expect(findBehaviors(dir)).rejects.toThrow(/neither of them in it/);
    await expect(findBehaviors(join(dir, "none"))).rejects.toThrow(/no such folder/);
  });
});

describe("suggestions", () => {
  it("counts edits", () => {
    expect(editDistance("kitten", "sitting")).toBe(3);
    expect(editDistance("", "abc")).toBe(3);
    expect(editDistance("abc", "abc")).toBe(0);
  });

  it("is silent when nothing is near", () => {
    expect(suggest("survival_instinct", ["refusal", "survival-instinct"])).toBe(
      "survival-instinct",
    );
    expect(suggest("coord", ["refusal", "coordinate-other-ais"])).toBe("coordinate-other-ais");
    expect(suggest("x", ["refusal"])).toBeNull();
  });
});
