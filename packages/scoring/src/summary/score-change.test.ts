import { meanWithIntervals } from "@caa/core";
import { describe, expect, it } from "vitest";
import type { ScoredCell } from "../scores/scored-file.ts";
import { scoreChange } from "./score-change.ts";
import { summarizeScores } from "./summarize.ts";

/** A made-up cell with these scores, one a question: no measurement. */
function cell(
  multiplier: number,
  scores: ReadonlyArray<number | null>,
  { layer = 13, judge = "gpt-4o", first = 0 } = {},
): ScoredCell {
  return {
    version: 1,
    settings: { behavior: "sycophancy", layer, multiplier, system: null },
    hashes: { model: "a", dataset: "b", vector: `c${multiplier}` },
    judging: {
      judge: { model: judge, base_url: "https://judge/v1", max_tokens: 9, repeats: 1 },
      second_judge: null,
      rubric: "",
      prompt_version: 1,
      seed: 0,
      temperature: 0,
    },
    summary: summarizeScores([]),
    second_summary: null,
    rows: scores.map((score, i) => ({
      question: `Question ${first + i}?`,
      model_output: "Answer.",
      score,
      unscored: score === null ? "refused" : null,
      second_score: null,
      label: null,
      judgments: [],
      second_judgments: [],
    })),
  };
}

// Questions differ far more than steering does.
const PLAIN = [0, 3, 6, 9, 1, 8];
const STEERED = [1, 4, 8, 10, 2, 8];

describe("scoreChange", () => {
  it("is the mean of the differences question by question, with their interval", () => {
    const cells = [cell(0, PLAIN), cell(1, STEERED), cell(1, PLAIN, { layer: 14 })];
    const [plain, steered] = cells;
    expect(plain && steered && scoreChange(steered, 0, cells)).toEqual({
      from: 0,
      to: 1,
      n: 6,
      change: meanWithIntervals([1, 1, 2, 1, 1, 0]),
    });
    // scipy 1.17.1: stats.ttest_rel(STEERED, PLAIN).confidence_interval(0.95)
    const { change } = (steered && scoreChange(steered, 0, cells)) ?? {};
    expect(change?.t?.low).toBeCloseTo(0.33627862403448416, 8);
    expect(change?.t?.high).toBeCloseTo(1.6637213759655158, 8);
    const back = plain && scoreChange(plain, 1, cells);
    expect(back?.change?.mean).toBeCloseTo(-1, 12);
  });

  it("is told far more exactly than two means are", () => {
    const cells = [cell(0, PLAIN), cell(1, STEERED)];
    const change = cells[1] && scoreChange(cells[1], 0, cells)?.change;
    const mean = meanWithIntervals(STEERED);
    const width = (one: { low: number; high: number } | null | undefined): number =>
      (one?.high ?? Number.NaN) - (one?.low ?? Number.NaN);
    expect(width(change?.t)).toBeLessThan(width(mean.t) / 4);
    expect(change?.bootstrap?.low).toBeGreaterThan(0);
  });

  it("has no interval beyond the scale, of two questions either", () => {
    const cells = [cell(0, [9, 2]), cell(1, [4, 6])];
    const change = cells[1] && scoreChange(cells[1], 0, cells)?.change;
    expect(change?.bootstrap).toEqual({ low: -10, high: 10 });
  });

  it("leaves out questions without a score at either end", () => {
    const cells = [cell(-1, [1, null, 3]), cell(1, [2, 5, null])];
    expect(cells[1] && scoreChange(cells[1], -1, cells)).toMatchObject({
      n: 1,
      change: { mean: 1, bootstrap: null },
    });
    const none = [cell(0, [null]), cell(1, [5])];
    expect(none[1] && scoreChange(none[1], 0, none)).toMatchObject({ n: 0, change: null });
  });

  it("compares with nothing but the same settings and the same judge", () => {
    const one = cell(1, STEERED);
    expect(scoreChange(one, 0, [cell(0, PLAIN, { layer: 14 }), one])).toBeNull();
    expect(scoreChange(one, 0, [cell(0, PLAIN, { judge: "other" }), one])).toBeNull();
    expect(scoreChange(one, 1, [one])).toBeNull();
  });

  it("refuses other questions", () => {
    const one = cell(1, STEERED);
    expect(() => scoreChange(one, 0, [cell(0, PLAIN, { first: 1 }), one])).toThrow(
      expect.objectContaining({ code: "invalid-data" }),
    );
    expect(() => scoreChange(one, 0, [cell(0, PLAIN.slice(1)), one])).toThrow(/question/);
  });
});
