import { CaaError, type MeanWithIntervals, meanWithIntervals } from "@caa/core";
import { SCALE } from "../judge/verdict.ts";
import type { ScoredCell } from "../scores/scored-file.ts";

const RANGE = { low: SCALE.low - SCALE.high, high: SCALE.high - SCALE.low };

/** What a change of the multiplier does to a judge's scores. */
export interface ScoreChange {
  readonly from: number;
  readonly to: number;
  /** Questions whose answers have a score at both multipliers. */
  readonly n: number;
  /** Mean over them of the score at `to` minus the score at `from`, in [-10, 10]; null when there are none. */
  readonly change: MeanWithIntervals | null;
}

/**
 * How the scores of a cell differ from those at another multiplier, question by question: `1/n sum_i (x_i(to) - x_i(from))`
 * with `x_i` the mean of the scored repeats of answer `i`. Pairing takes out what makes one question score higher than
 * another, so that the interval is of the change alone; the judge's own error on both answers is in it.
 * @param cells among which the other is looked for: it differs in the multiplier only, and is judged by the same judge,
 *   rubric and prompt
 * @returns null where that one is not there
 * @throws {CaaError} invalid-data when the two have other questions
 */
export function scoreChange(
  cell: ScoredCell,
  from: number,
  cells: readonly ScoredCell[],
): ScoreChange | null {
  const to = cell.settings.multiplier;
  const key = keyOf(cell);
  const other = cells.find((one) => one.settings.multiplier === from && keyOf(one) === key);
  if (other === undefined || from === to) {
    return null;
  }
  const changes = cell.rows.flatMap(({ question, score }, i) => {
    const row = other.rows[i];
    if (row?.question !== question || cell.rows.length !== other.rows.length) {
      const message = `scoreChange: expected the same questions at multipliers ${from} and ${to}, got others from question ${i + 1} on`;
      throw new CaaError("invalid-data", message, { facts: { question: i } });
    }
    return score === null || row.score === null ? [] : [score - row.score];
  });
  const { confidence, seed } = cell.summary;
  const change =
    changes.length === 0 ? null : meanWithIntervals(changes, { confidence, seed, range: RANGE });
  return { from, to, n: changes.length, change };
}

/** What two cells share that may be compared. */
function keyOf({ settings, hashes, judging }: ScoredCell): string {
  const { multiplier: _, ...common } = settings;
  const { judge, rubric, prompt_version: version } = judging;
  return JSON.stringify([
    Object.entries(common).toSorted(([a], [b]) => (a < b ? -1 : 1)),
    hashes["model"],
    hashes["dataset"],
    [judge.model, judge.base_url, rubric, version],
  ]);
}
