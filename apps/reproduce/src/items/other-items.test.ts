import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeBuiltInSets } from "@caa/datasets";
import { afterAll, beforeAll, expect, it } from "vitest";
import { readOptions } from "../run/read-options.ts";
import { hashItems } from "./hash-items.ts";
import { findOtherItems } from "./other-items.ts";

let cwd = "";
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), "caa-items-"));
  await writeBuiltInSets(join(cwd, "data"));
});
afterAll(() => rm(cwd, { recursive: true }));

const find = async (flags: object): Promise<readonly string[]> => {
  const asked = { model: "llama-2-7b-chat", data: "data", ...flags };
  return await findOtherItems(await readOptions(asked, { cwd, env: {} }), cwd);
};

it("items that the original does not have are named, by test and behavior", async () => {
  const behaviors = ["refusal"];
  const all = await find({ behaviors, tests: ["ab", "open_ended"] });
  expect(all).toHaveLength(7 + 2);
  expect(all).toEqual(
    expect.arrayContaining(["generate of sycophancy", "ab of refusal", "open_ended of refusal"]),
  );
  // With the original's vectors no pairs are read, and only sycophancy has figures of TruthfulQA.
  const vectors = { originalVectors: "CAA/vectors" };
  expect(await find({ ...vectors, behaviors, tests: ["ab", "truthful_qa"] })).toEqual([
    "ab of refusal",
  ]);
});

it("data that is not there or broken is left to the command that reads it", async () => {
  expect(await find({ data: "nowhere" })).toEqual([]);
  await writeFile(join(cwd, "data/test/refusal/test_dataset_ab.json"), "[{");
  expect(await find({ originalVectors: "v", behaviors: ["refusal"], tests: ["ab"] })).toEqual([]);
});

it("the hash is of what is asked, in its order", () => {
  const [a, b] = [
    { question: "1", answer_matching_behavior: "(A)", answer_not_matching_behavior: "(B)" },
    { question: "2", answer_matching_behavior: "(A)", answer_not_matching_behavior: "(B)" },
  ] as const;
  const flipped = { ...a, answer_matching_behavior: "(B)", answer_not_matching_behavior: "(A)" };
  const hashes = [[a, b], [b, a], [flipped, b], [a], [{ question: "1" }]].map(hashItems);
  expect(new Set(hashes).size).toBe(5);
  const moreFields = { ...a, matchingLetter: "A" };
  expect(hashItems([moreFields])).toBe(hashItems([a]));
});
