import type { JudgeModel, JudgeRecord, JudgeRun, ScoredCell, ScoredRow } from "@caa/scoring";
import type { CellToScore } from "./score-input.ts";

/** Who said what of the answers. */
export interface Ratings {
  readonly first: JudgeRun;
  readonly second: JudgeRun | null;
  /** By `labelId`. */
  readonly labels: ReadonlyMap<string, number> | null;
  readonly seed: number;
}

export interface JudgedBy {
  readonly rubrics: ReadonlyMap<string, string>;
  /** The first judge, and the second where there is one. */
  readonly models: readonly JudgeModel[];
  readonly repeats: number;
}

/** The cells with their scores, and all that the judges said. */
export async function scoreCells(
  input: readonly CellToScore[],
  { first, second, labels, seed }: Ratings,
  { rubrics, models, repeats }: JudgedBy,
): Promise<readonly ScoredCell[]> {
  const { labelId, PROMPT_VERSION, scoreOf, SCORES_VERSION, summarizeScores } =
    await import("@caa/scoring");
  const [judge = null, secondJudge = null] = models.map(
    ({ name, baseUrl, maxTokens }): JudgeRecord => ({
      model: name,
      base_url: baseUrl,
      max_tokens: maxTokens,
      repeats,
    }),
  );
  return input.flatMap(({ cell, answers }): readonly ScoredCell[] => {
    if (judge === null) {
      return [];
    }
    const saidBy = (run: JudgeRun | null, row: number): ScoredRow["judgments"] =>
      run?.judgments.get(answers[row]?.id ?? "") ?? [];
    const rows = cell.rows.map((row, index): ScoredRow => {
      const answer = answers[index];
      const judgments = saidBy(first, index);
      const secondJudgments = saidBy(second, index);
      return {
        ...row,
        ...scoreOf(judgments),
        second_score: second === null ? null : scoreOf(secondJudgments).score,
        label: answer === undefined ? null : (labels?.get(labelId(answer)) ?? null),
        judgments,
        second_judgments: secondJudgments,
      };
    });
    const summarize = (pick: (row: ScoredRow) => ScoredRow["judgments"]): ScoredCell["summary"] =>
      summarizeScores(rows.map(pick), { seed });
    return [
      {
        version: SCORES_VERSION,
        settings: { ...cell.settings },
        hashes: { ...cell.hashes },
        judging: {
          judge,
          second_judge: secondJudge,
          rubric: rubrics.get(cell.settings.behavior) ?? "",
          prompt_version: PROMPT_VERSION,
          seed,
          temperature: 0,
        },
        summary: summarize(({ judgments }) => judgments),
        second_summary: second === null ? null : summarize(({ second_judgments: said }) => said),
        rows,
      },
    ];
  });
}
