import { type ScoreChange, scoreChange, type ScoredCell } from "@caa/scoring";
import { formatChange, formatMultiplier } from "../demo/numbers.ts";

/** Of scores from 0 to 10. */
export const SCORE_DECIMALS = 2;

/** What a judge's scores say of a test, at one layer. */
export interface JudgeFinding {
  readonly label: string;
  readonly judge: string;
  readonly layer: number;
  /** By multiplier. */
  readonly cells: readonly ScoredCell[];
  /** From the lowest to the highest multiplier, question by question; null where these are not to be compared. */
  readonly change: ScoreChange | null;
}

/** One for each judge. */
export function judgeFindings(
  label: string,
  layer: number,
  scores: readonly ScoredCell[],
): readonly JudgeFinding[] {
  const own = scores.filter(({ settings }) => settings.layer === layer);
  const judges = [...new Set(own.map(({ judging }) => judging.judge.model))].toSorted();
  return judges.map((judge) => {
    const cells = own
      .filter(({ judging }) => judging.judge.model === judge)
      .toSorted(({ settings: a }, { settings: b }) => a.multiplier - b.multiplier);
    const [low, high] = [cells[0], cells.at(-1)];
    const change =
      low === undefined || high === undefined
        ? null
        : scoreChange(high, low.settings.multiplier, cells);
    return { label, judge, layer, cells, change };
  });
}

/** The change of the mean score with its interval, and what may be said of it. */
export function describeJudgeFinding(finding: JudgeFinding): string {
  const { label, judge, layer, cells, change } = finding;
  const about = `${label}, layer ${layer}: `;
  if (change === null) {
    const means = cells.map(
      ({ settings, summary }) =>
        `${formatScore(summary)} at ${formatMultiplier(settings.multiplier)}`,
    );
    const why = cells.length > 1 ? ", not all by the same rubric, prompt and server" : " alone";
    return `${about}the judge ${judge} gives ${means.join(" and ")}${why}, so that there is no effect to report.`;
  }
  const [from, to] = [formatMultiplier(change.from), formatMultiplier(change.to)];
  const [low, high] = [cells[0], cells.at(-1)].map((cell) => meanOf(cell?.summary));
  const interval = `${Math.round(100 * (change.change?.confidence ?? 0))} % interval, `;
  return `${about}${to} instead of ${from} moves the score that the judge ${judge} gives by ${formatChange(change.change, SCORE_DECIMALS)} (${change.change?.bootstrap ? interval : ""}n = ${change.n}), from a mean of ${low} to ${high} of 10. ${MEANINGS[verdictOf(change)]}`;
}

type JudgeVerdict = "unmeasured" | "covers-zero" | "off-zero";

const MEANINGS: Readonly<Record<JudgeVerdict, string>> = {
  unmeasured: "Too few answers have a score for an interval: this says nothing.",
  "covers-zero": "The interval covers zero: no effect was found.",
  "off-zero":
    "Open-ended answers are not run with controls, so that this does not say whether the direction matters or any vector of that length does as much.",
};

const IN_WORDS: Readonly<Record<JudgeVerdict, string>> = {
  unmeasured: "too few scores to say",
  "covers-zero": "no effect found",
  "off-zero": "interval off zero, no controls",
};

/** The verdict for tables. */
export function judgeVerdictInWords({ change }: JudgeFinding): string {
  return change === null ? "no effect to report" : IN_WORDS[verdictOf(change)];
}

function verdictOf({ change }: ScoreChange): JudgeVerdict {
  const { bootstrap = null } = change ?? {};
  return bootstrap === null
    ? "unmeasured"
    : bootstrap.low <= 0 && bootstrap.high >= 0
      ? "covers-zero"
      : "off-zero";
}

/** `3.20 [2.10, 4.30]` */
export function formatScore(summary: ScoredCell["summary"]): string {
  const { interval } = summary;
  const range =
    interval === null
      ? ""
      : ` [${interval.low.toFixed(SCORE_DECIMALS)}, ${interval.high.toFixed(SCORE_DECIMALS)}]`;
  return `${meanOf(summary)}${range}`;
}

function meanOf(summary: ScoredCell["summary"] | undefined): string {
  return summary?.mean?.toFixed(SCORE_DECIMALS) ?? "no score";
}
