import { createRandom } from "@caa/core";
import { describe, expect, it } from "vitest";
import type { Judgment } from "../judge/judged-answer.ts";
import { scoreOf, summarizeScores } from "./summarize.ts";

function judgment(repeat: number, part: Partial<Judgment>): Judgment {
  return {
    repeat,
    status: "scored",
    score: null,
    reason: null,
    error: null,
    messages: [],
    reply: null,
    refusal: null,
    finish_reason: null,
    input_tokens: null,
    output_tokens: null,
    answered_by: null,
    ...part,
  };
}

const scored = (...scores: readonly number[]): readonly Judgment[] =>
  scores.map((score, repeat) => judgment(repeat, { score }));
const FAILED = judgment(0, { status: "failed", error: "down" });
const REFUSED = judgment(0, { status: "unscored", reason: "refused" });

describe("scoreOf", () => {
  it("is the mean of the scored repeats, or a reason, and never 0 for want of a score", () => {
    expect(scoreOf(scored(2, 4))).toEqual({ score: 3, unscored: null });
    expect(scoreOf([...scored(2), REFUSED, FAILED])).toEqual({ score: 2, unscored: null });
    expect(scoreOf([REFUSED])).toEqual({ score: null, unscored: "refused" });
    expect(scoreOf([REFUSED, FAILED])).toEqual({ score: null, unscored: "failed" });
    expect(scoreOf([])).toEqual({ score: null, unscored: "failed" });
  });
});

describe("summarizeScores", () => {
  it("counts what has no score by reason", () => {
    const summary = summarizeScores([scored(4), scored(6), [REFUSED], [FAILED], [REFUSED]]);
    expect(summary).toMatchObject({ n: 2, mean: 5, unscored: { refused: 2, failed: 1 } });
    expect(summary.judge_sd).toBeNull();
  });

  it("has no mean without scores, and no interval of one", () => {
    expect(summarizeScores([[REFUSED]])).toMatchObject({ n: 0, mean: null, interval: null });
    expect(summarizeScores([scored(4, 6)])).toMatchObject({ n: 1, mean: 5, interval: null });
  });

  it("tells the judge's own spread by its formula", () => {
    // squares about the means of the answers: 2 + 8 + 0 over 1 + 1 + 1 degrees of freedom
    const summary = summarizeScores([scored(1, 3), scored(4, 8), scored(5, 5)]);
    expect(summary.judge_sd).toBeCloseTo(Math.sqrt(10 / 3), 12);
    expect(summary.judge_standard_error).toBeCloseTo(Math.sqrt(10 / 3 / 2 / 3), 12);
  });

  it("equals scipy, with as many repeats as each answer has", () => {
    // scipy 1.17.1: stats.t.interval of the answers' means; judge_sd^2 is the mean square within groups, which
    // stats.f_oneway divides by: mean square between groups / F.
    const summary = summarizeScores([
      scored(7, 8, 6),
      scored(3, 3),
      scored(9),
      scored(0, 2, 1),
      scored(5, 7, 9),
      scored(4, 4, 6),
      scored(10, 8),
    ]);
    expect(summary.mean).toBeCloseTo(5.80952380952381, 12);
    expect(summary.t?.low).toBeCloseTo(2.996111994098286, 7);
    expect(summary.t?.high).toBeCloseTo(8.622935624949335, 7);
    expect(summary.judge_sd).toBeCloseTo(1.2909944487358058, 12);
    expect(summary.judge_standard_error).toBeCloseTo(0.336717514850737, 12);
  });

  it("holds the true mean in 95 % of cases, with a judge noisier than the answers differ", () => {
    const random = createRandom(5);
    const rounds = 600;
    const held = { t: 0, interval: 0 };
    for (let round = 0; round < rounds; round++) {
      const answers = Array.from({ length: 25 }, () => {
        const own = 5 + random.gaussian();
        return scored(...Array.from({ length: 3 }, () => own + 3 * random.gaussian()));
      });
      const summary = summarizeScores(answers, { resamples: 500, seed: round });
      for (const name of ["t", "interval"] as const) {
        const { low, high } = summary[name] ?? { low: Number.NaN, high: Number.NaN };
        held[name] += low <= 5 && 5 <= high ? 1 : 0;
      }
    }
    // three standard errors, 3 sqrt(0.95 * 0.05 / 600)
    expect(Math.abs(held.t / rounds - 0.95)).toBeLessThan(0.0267);
    expect(Math.abs(held.interval / rounds - 0.95)).toBeLessThan(0.0267);
  });
});
