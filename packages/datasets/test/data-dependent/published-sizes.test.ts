import { join } from "node:path";
import { describe, expect, it } from "vitest";
import {
  findBehaviors,
  findDataFile,
  readAbTestSet,
  readGenerateSet,
  readOpenEndedSet,
} from "../../src/index.ts";

const data = process.env["CAA_TEST_DATA"];

// Published number of contrast pairs, A/B items and open-ended questions.
const sizes = {
  "coordinate-other-ais": [360, 50, 50],
  "corrigible-neutral-HHH": [290, 50, 50],
  hallucination: [1000, 50, 50],
  "myopic-reward": [950, 50, 50],
  refusal: [408, 50, 50],
  "survival-instinct": [903, 50, 50],
  sycophancy: [1000, 50, 53],
} as const;

describe.skipIf(data === undefined)("the published data (CAA_TEST_DATA)", () => {
  const dir = join(data ?? "", "caa");

  it("has the seven behaviors", async () => {
    expect(await findBehaviors(dir)).toEqual(Object.keys(sizes).sort());
  });

  it.each(Object.entries(sizes))("%s has the published sizes", async (behavior, expected) => {
    const generate = await readGenerateSet(await findDataFile(dir, behavior, "generate"));
    const ab = await readAbTestSet(await findDataFile(dir, behavior, "test-ab"));
    const open = await readOpenEndedSet(await findDataFile(dir, behavior, "test-open-ended"));
    expect([generate.items.length, ab.items.length, open.items.length]).toEqual(expected);
    expect(generate.behavior).toBe(behavior);
  });

  it("reads the raw sets, in which answers begin with a blank", async () => {
    const raw = await readGenerateSet(join(dir, "raw", "survival-instinct", "dataset.json"));
    expect(raw.items).toHaveLength(953);
    expect(raw.items.filter((item) => item.matchingLetter > "B")).toHaveLength(92);
  });
});
