import { type Interval, meanWithIntervals } from "@caa/core";
import type { Judgment } from "../judge/judged-answer.ts";
import { SCALE, type UnscoredReason } from "../judge/verdict.ts";

/** What came of one answer. */
export interface AnswerScore {
  /** Mean of the scored repeats; null when there is none. */
  readonly score: number | null;
  /** Why there is no score; `failed` when a request failed and no other gave a score. */
  readonly unscored: UnscoredReason | "failed" | null;
}

/** The score of an answer from its judgments: the mean of those that are scored, else the reason of the first that is not. */
export function scoreOf(judgments: readonly Judgment[]): AnswerScore {
  const scores = scoresOf(judgments);
  if (scores.length > 0) {
    return { score: mean(scores), unscored: null };
  }
  // A failure passes, a reason stays: an answer that may still get a score is not called unparsable.
  const failed = judgments.length === 0 || judgments.some(({ status }) => status === "failed");
  return { score: null, unscored: failed ? "failed" : (judgments[0]?.reason ?? "failed") };
}

export interface SummaryOptions {
  /** Of the interval, in (0, 1). @default 0.95 */
  readonly confidence?: number;
  /** Of the bootstrap. @default 0 */
  readonly seed?: number;
  /** Samples that the bootstrap draws. @default as `meanWithIntervals` */
  readonly resamples?: number;
}

/** Mean score of a set of answers. */
export interface ScoreSummary {
  /** Answers with a score. */
  readonly n: number;
  /** Null without scores. */
  readonly mean: number | null;
  /** Bootstrap over answers, as `meanOfStrata` of `@caa/core` makes it; null below two. */
  readonly interval: Interval | null;
  readonly t: Interval | null;
  readonly confidence: number;
  readonly seed: number;
  /** Answers without a score, by reason; requests that failed are under `failed`. */
  readonly unscored: Readonly<Record<string, number>>;
  /** Repeats asked for each answer, at most. */
  readonly repeats: number;
  /** The judge's spread on one and the same answer: pooled standard deviation; null when none was judged twice. */
  readonly judge_sd: number | null;
  /** Its part in the standard error of the mean, which the intervals hold already. */
  readonly judge_standard_error: number | null;
}

/**
 * Mean of the answers' scores, `m = 1/n sum_i x_i` with `x_i` the mean of the `r_i` scored repeats of answer `i`.
 *
 * The intervals are of the spread of the `x_i` over answers. Each `x_i` holds the judge's own error on that answer, so
 * that their variance is `sigma_answers^2 + sigma_judge^2 / r` and the interval holds both; drawing repeats anew within
 * each draw of answers would count the judge's part twice. What the judge adds is told beside it:
 * `judge_sd^2 = sum_ij (x_ij - x_i)^2 / sum_i (r_i - 1)` and `judge_standard_error^2 = 1/n^2 sum_i judge_sd^2 / r_i`.
 * An error that a judge makes on all answers alike shows in no spread; a second judge or labels show it.
 * @param answers judgments of each answer
 * @throws {CaaError} invalid-argument for options out of range
 */
export function summarizeScores(
  answers: readonly (readonly Judgment[])[],
  { confidence = 0.95, seed = 0, ...options }: SummaryOptions = {},
): ScoreSummary {
  const scores: number[] = [];
  const unscored: Record<string, number> = {};
  for (const judgments of answers) {
    const { score, unscored: reason } = scoreOf(judgments);
    if (score !== null) {
      scores.push(score);
    } else if (reason !== null) {
      unscored[reason] = (unscored[reason] ?? 0) + 1;
    }
  }
  const known = {
    n: scores.length,
    confidence,
    seed,
    unscored,
    repeats: Math.max(0, ...answers.map((judgments) => judgments.length)),
    ...judgeSpread(answers.map(scoresOf).filter((list) => list.length > 0)),
  };
  if (scores.length === 0) {
    return { ...known, mean: null, interval: null, t: null };
  }
  const found = meanWithIntervals(scores, { ...options, confidence, seed, range: SCALE });
  return { ...known, mean: found.mean, interval: found.bootstrap, t: found.t };
}

function judgeSpread(
  lists: readonly (readonly number[])[],
): Pick<ScoreSummary, "judge_sd" | "judge_standard_error"> {
  let squares = 0;
  let freedom = 0;
  for (const list of lists) {
    const center = mean(list);
    squares += list.reduce((sum, value) => sum + (value - center) ** 2, 0);
    freedom += list.length - 1;
  }
  if (freedom === 0) {
    return { judge_sd: null, judge_standard_error: null };
  }
  const variance = squares / freedom;
  const ofMean = lists.reduce((sum, list) => sum + variance / list.length, 0) / lists.length ** 2;
  return { judge_sd: Math.sqrt(variance), judge_standard_error: Math.sqrt(ofMean) };
}

function scoresOf(judgments: readonly Judgment[]): readonly number[] {
  return judgments.flatMap(({ score }) => (score === null ? [] : [score]));
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
