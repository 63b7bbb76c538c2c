import { describe, expect, it } from "vitest";
import type { PublishedCell } from "../published/table.ts";
import { asOriginal } from "./as-original.ts";
import { bandOf, type RunConditions } from "./band.ts";
import { compareCells } from "./compare.ts";

const cell: PublishedCell = {
  type: "ab",
  behavior: "refusal",
  multiplier: 1,
  systemPrompt: null,
  trained: null,
  value: 50,
  rounding: 0,
  steeredOtherwise: null,
};
const run: RunConditions = { noBands: null, originalVectors: false, originalPrompts: false };

describe("bands", () => {
  it.each([
    [{}, {}, { width: 10 }],
    [{}, { originalVectors: true }, { width: 0.5 }],
    [{ multiplier: 0 }, {}, { width: 0.1 }],
    [{ multiplier: 0 }, { originalVectors: true }, { width: 0.1 }],
    [{ type: "mmlu", multiplier: -2 }, {}, { width: 10 }],
    [{ type: "open_ended", multiplier: 0 }, {}, { none: expect.stringMatching(/rubric/) }],
    [
      { type: "open_ended" },
      { originalVectors: true, originalPrompts: true },
      { none: expect.stringMatching(/rubric/) },
    ],
    [{ steeredOtherwise: "eight" }, { originalVectors: true }, { none: "eight" }],
    [{ steeredOtherwise: "eight", multiplier: 0 }, {}, { width: 0.1 }],
    [{ systemPrompt: "pos" }, { originalPrompts: true }, { width: 10 }],
    [{ systemPrompt: "pos" }, {}, { none: expect.stringMatching(/other words/) }],
    [{ trained: "neg" }, { originalPrompts: true }, { none: expect.stringMatching(/trained/) }],
    [{ multiplier: 0 }, { noBands: "a trial" }, { none: "a trial" }],
  ] as const)("%j under %j", (changes, conditions, expected) => {
    expect(bandOf({ ...cell, ...changes }, { ...run, ...conditions })).toEqual(expected);
  });
});

describe("figures beside each other", () => {
  const compare = (value: number, changes: Partial<PublishedCell> = {}, conditions = run) =>
    compareCells(
      [{ ...cell, ...changes }],
      [{ ...cell, ...changes, value, n: 50 }],
      conditions,
      () => "-",
    )[0];

  it("are inside up to the band, on both sides of it", () => {
    expect(compare(60)).toMatchObject({ verdict: "inside", difference: 10, band: 10, n: 50 });
    expect(compare(40)).toMatchObject({ verdict: "inside", difference: -10 });
    expect(compare(60.01)).toMatchObject({ verdict: "outside", reason: null });
    expect(compare(39.99)).toMatchObject({ verdict: "outside" });
  });

  it("may differ by what the published figure was rounded by, too", () => {
    const rounded = { multiplier: 0, rounding: 0.5 };
    expect(compare(50.59, rounded)).toMatchObject({ verdict: "inside", band: 0.1 });
    expect(compare(50.61, rounded)).toMatchObject({ verdict: "outside" });
    expect(compare(50.59, { multiplier: 0 })).toMatchObject({ verdict: "outside" });
  });

  it("have no verdict without a band, and none without a figure", () => {
    expect(compare(50, {}, { ...run, noBands: "a trial" })).toMatchObject({
      verdict: "no band",
      difference: 0,
      reason: "a trial",
    });
    const other = { ...cell, systemPrompt: "pos" as const, value: 50, n: 50 };
    expect(compareCells([cell], [other], run, () => "not judged")).toMatchObject([
      { verdict: "not measured", ours: null, difference: null, reason: "not judged" },
    ]);
  });
});

describe("the figure as the original computes it", () => {
  const row = (answer: string, a: number, b: number, category: string | null = null) => ({
    answer_matching_behavior: answer,
    a_prob: a,
    b_prob: b,
    category,
  });

  it("is the mean share of the matching one of A and B", () => {
    expect(asOriginal([row("(A)", 0.3, 0.1), row("(B)", 0.3, 0.1)])).toBeCloseTo(50, 12);
    expect(asOriginal([row("(A)", 0.3, 0.1)])).toBeCloseTo(75, 12);
  });

  it("counts an item whose matching letter is another as 0", () => {
    expect(asOriginal([row("(A)", 0.3, 0.1), row("(C)", 0.3, 0.1)])).toBeCloseTo(37.5, 12);
  });

  it("counts categories alike", () => {
    const rows = [row("(A)", 1, 0, "x"), row("(A)", 0, 1, "y"), row("(A)", 0, 1, "y")];
    expect(asOriginal(rows)).toBeCloseTo(50, 12);
    expect(asOriginal([])).toBeNull();
  });
});
