import type { Block, OpenEndedCell, OpenEndedRow } from "@caa/eval";
import type { ScoredCell } from "@caa/scoring";
import { formatMultiplier } from "../demo/numbers.ts";
import { distinct, type Group } from "./groups.ts";
import { clip } from "./settings-words.ts";

/** Of one answer; a page of examples is to be read, not a file. */
const MAX_ANSWER = 600;
const MAX_QUESTION = 400;

export interface ExamplesOptions {
  readonly layer: number;
  /** How many questions. */
  readonly questions: number;
  /** Judged cells of these very answers. */
  readonly scores: readonly ScoredCell[];
}

/** The first questions with their answers at the lowest multiplier, at 0 and at the highest, beside each other. */
export function answersTable(
  { cells }: Group<OpenEndedCell>,
  { layer, questions, scores }: ExamplesOptions,
): Block {
  const own = cells.filter(({ settings }) => settings.layer === layer);
  const multipliers = distinct(own.map(({ settings }) => settings.multiplier));
  const wanted = [multipliers[0], multipliers.find((one) => one === 0), multipliers.at(-1)];
  const shown = own.filter(({ settings }) => wanted.includes(settings.multiplier));
  const [first] = shown;
  return {
    kind: "table",
    long: true,
    caption: `The first ${Math.min(questions, first?.rows.length ?? 0)} of ${first?.rows.length ?? 0} questions, answered at layer ${layer}`,
    columns: [
      { title: "question" },
      ...shown.map(({ settings }) => ({ title: `at ${formatMultiplier(settings.multiplier)}` })),
    ],
    rows: (first?.rows ?? []).slice(0, questions).map(({ question }) => [
      clip(question, MAX_QUESTION),
      ...shown.map((cell) => {
        const row = cell.rows.find((one) => one.question === question);
        return row === undefined
          ? "(not asked)"
          : [answerText(row), ...scoresOf(cell, row, scores)].join(" ");
      }),
    ]),
  };
}

/** Whether a judged cell is of this cell's settings. */
export function isJudged(cell: OpenEndedCell, { settings }: ScoredCell): boolean {
  return Object.entries(cell.settings).every(([key, value]) => (settings[key] ?? null) === value);
}

/** Whether it is of these very answers: those that were made anew since have no score. */
export function isOfTheseAnswers(cell: OpenEndedCell, { rows }: ScoredCell): boolean {
  return (
    cell.rows.length === rows.length &&
    cell.rows.every(
      ({ question, model_output: text }, i) =>
        rows[i]?.question === question && rows[i]?.model_output === text,
    )
  );
}

function answerText({ model_output: text, finish }: OpenEndedRow): string {
  const answer = text === "" ? "(nothing)" : clip(text, MAX_ANSWER);
  return finish === "cut-off" ? `${answer} (cut off)` : answer;
}

function scoresOf(
  cell: OpenEndedCell,
  { question }: OpenEndedRow,
  scores: readonly ScoredCell[],
): readonly string[] {
  return scores
    .filter((scored) => isJudged(cell, scored))
    .flatMap(({ judging, rows }) => {
      const row = rows.find((one) => one.question === question);
      return row === undefined
        ? []
        : [
            `[${judging.judge.model}: ${row.score === null ? `no score, ${row.unscored}` : row.score.toFixed(1)}]`,
          ];
    });
}
