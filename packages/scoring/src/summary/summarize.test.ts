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

  it("holds the true mean about as often as it says, with a judge noisier than the answers differ", () => {
    const random = createRandom(5);
    const rounds = 400;
    let held = 0;
    for (let round = 0; round < rounds; round++) {
      const answers = Array.from({ length: 25 }, () => {
        const own = 5 + random.gaussian();
        return scored(...Array.from({ length: 3 }, () => own + 3 * random.gaussian()));
      });
      const { t } = summarizeScores(answers, { confidence: 0.9, resamples: 100 });
      held += t !== null && t.low <= 5 && 5 <= t.high ? 1 : 0;
    }
    expect(Math.abs(held / rounds - 0.9)).toBeLessThan(0.05); // more than three standard errors
  });
});
