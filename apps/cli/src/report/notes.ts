import type { OpenEndedCell } from "@caa/eval";
import type { ScoredCell } from "@caa/scoring";
import { abWarnings } from "../output/ab-table.ts";
import { openEndedWarnings } from "../output/open-ended-run.ts";
import type { JudgedGroup } from "./finding.ts";
import type { Group } from "./groups.ts";

interface OpenResults {
  readonly group: Group<OpenEndedCell>;
  readonly scores: readonly ScoredCell[];
  /** Judged cells of answers that are no longer there. */
  readonly stale: number;
}

/** All that makes a result doubtful, each with the test that it is of. */
export function warningsOf(
  choice: readonly JudgedGroup[],
  open: readonly OpenResults[],
): readonly string[] {
  return [
    ...choice.flatMap(({ label, cells, controls, findings }) =>
      [
        ...abWarnings(cells),
        ...findings.overshoots,
        ...(controls.length === 0 && findings.span !== null
          ? ["no controls were run; caa eval runs them unless --no-controls is given"]
          : []),
      ].map((text) => ofTest(label, text)),
    ),
    ...open.flatMap(({ group, scores, stale }) =>
      [
        ...openEndedWarnings(group.cells),
        ...unscored(scores),
        ...(stale === 0
          ? []
          : [
              `${stale} judged cells are left out: their answers were made anew since; caa score judges those`,
            ]),
      ].map((text) => ofTest(group.label, text)),
    ),
  ];
}

/** What a reader may look for and not find, and the command that makes it. */
export function missingOf(
  choice: readonly JudgedGroup[],
  open: readonly OpenResults[],
): readonly string[] {
  const measured = [...choice, ...open.map(({ group }) => group)].map(
    ({ first }) => first.settings,
  );
  const behaviors = [...new Set(measured.map(({ behavior }) => behavior))].toSorted();
  return [
    ...behaviors.flatMap((behavior) =>
      KINDS.flatMap(([type, what]) =>
        measured.some((one) => one.behavior === behavior && one.type === type)
          ? []
          : [`${behavior}: no ${what} (caa eval --type ${type})`],
      ),
    ),
    ...open
      .filter(({ scores }) => scores.length === 0)
      .map(({ group }) => `${group.label}: the answers are not judged (caa score)`),
    ...choice
      .filter(({ cells }) => cells.every(({ settings }) => settings.multiplier !== 0))
      .map(({ label }) => `${label}: multiplier 0, so that there are no changes against it`),
  ];
}

const KINDS = [
  ["ab", "results with lettered answers"],
  ["open_ended", "open-ended results"],
  ["mmlu", "MMLU results, which would show damage to knowledge"],
  ["truthful_qa", "TruthfulQA results"],
] as const;

/** On stderr warnings say that they are; here they stand under the heading. */
function ofTest(label: string, text: string): string {
  return `${label}: ${text.replace(/^warning: /, "")}`;
}

function unscored(scores: readonly ScoredCell[]): readonly string[] {
  const some = scores.filter(({ summary }) => Object.keys(summary.unscored).length > 0);
  return some.length === 0
    ? []
    : [
        `${some.length} of ${scores.length} judged cells have answers without a score; their means are over the others`,
      ];
}
