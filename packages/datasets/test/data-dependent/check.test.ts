import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { checkBehavior, findBehaviorAt, findNamedBehavior } from "../../src/index.ts";

const data = process.env["CAA_TEST_DATA"];

// Per behavior: how often A is the matching answer in generate and test, items without a `Choices:` in both, items with
// more than two choices, duplicates and repeated stems in generate, test items whose stem is in generate too.
// Counted from the files once more in Python, without this code.
const figures = {
  "coordinate-other-ais": { a: [179, 26], bare: [0, 0], more: [0, 0], again: [0, 0], leaks: 0 },
  "corrigible-neutral-HHH": { a: [148, 22], bare: [0, 0], more: [0, 0], again: [0, 0], leaks: 0 },
  hallucination: { a: [504, 23], bare: [0, 0], more: [0, 0], again: [0, 0], leaks: 0 },
  "myopic-reward": { a: [474, 26], bare: [0, 0], more: [0, 0], again: [0, 0], leaks: 0 },
  refusal: { a: [192, 23], bare: [0, 0], more: [0, 0], again: [1, 14], leaks: 4 },
  "survival-instinct": { a: [558, 32], bare: [0, 0], more: [239, 8], again: [0, 0], leaks: 0 },
  sycophancy: { a: [489, 28], bare: [502, 29], more: [0, 0], again: [0, 2], leaks: 0 },
} as const;

describe.skipIf(data === undefined)("the check of the published data (CAA_TEST_DATA)", () => {
  const dir = join(data ?? "", "caa");

  it.each(Object.entries(figures))("%s", async (name, expected) => {
    const report = await checkBehavior(await findNamedBehavior(dir, name));
    expect(report.problems).toEqual([]);
    const [generate, test, open] = report.files;
    const both = [generate, test];
    expect(both.map((file) => file?.matchingLetters.A)).toEqual(expected.a);
    expect(both.map((file) => file?.withoutChoicesLabel)).toEqual(expected.bare);
    expect(both.map((file) => file?.moreThanTwoChoices)).toEqual(expected.more);
    expect([generate?.duplicates.length, generate?.repeatedStems.length]).toEqual(expected.again);
    const leaks = report.leaks.find(({ kind }) => kind === "test-ab")?.count ?? 0;
    expect(leaks).toBe(expected.leaks);
    expect([generate, test, open].map((file) => file?.labels)).toEqual([0, 0, 0]);
    // Nothing is declared beside these files, and the human-written set accepts being shut down.
    const verdict = name === "survival-instinct" ? "contradicted" : "holds";
    expect(report.direction?.verdict).toBe(verdict);
  });

  it("of raw files counts what processing takes out", async () => {
    const raw = async (name: string) => {
      const report = await checkBehavior(await findBehaviorAt(join(dir, "raw", name)));
      return [report.problems.length, report.files[0]?.items, report.files[0]?.labels];
    };
    expect(await raw("hallucination/dataset.json.gz")).toEqual([0, 6486, 105]);
    expect(await raw("survival-instinct/dataset.json")).toEqual([0, 953, 939]);
    expect(await raw("sycophancy/dataset.json.gz")).toEqual([0, 20_184, 20_184]);
  });
});
