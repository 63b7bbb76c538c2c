import type { Block, OpenEndedCell, Section } from "@caa/eval";
import { renderReport } from "@caa/eval";
import type { ScoredCell } from "@caa/scoring";
import { answersTable } from "./answers.ts";
import type { JudgedGroup } from "./finding.ts";
import type { Group } from "./groups.ts";
import type { JudgeFinding } from "./judge-finding.ts";
import { scoresTable, wearTable } from "./open-ended-tables.ts";
import { left, right } from "./table-parts.ts";
import { cellsTable, layersTable, summaryTable } from "./tables.ts";

export interface Picture {
  readonly svg: string;
  readonly caption: string;
  /** Its figures, the first row their head. */
  readonly table?: ReadonlyArray<readonly string[]>;
}

/** A test with lettered answers. */
export interface ChoicePart {
  readonly group: JudgedGroup;
  readonly plots: readonly Picture[];
}

/** Answers to open questions. */
export interface OpenPart {
  readonly group: Group<OpenEndedCell>;
  /** Of the examples. */
  readonly layer: number;
  readonly scores: readonly ScoredCell[];
  readonly plots: readonly Picture[];
}

/** What the page of an experiment shows; all of it was measured and worded before. */
export interface ResultsPage {
  readonly title: string;
  readonly about: string;
  readonly findings: readonly string[];
  readonly warnings: readonly string[];
  /** What is not there, and which command makes it. */
  readonly missing: readonly string[];
  readonly choice: readonly ChoicePart[];
  readonly open: readonly OpenPart[];
  /** What judges found, of all tests. */
  readonly judged: readonly JudgeFinding[];
  /** Plots of several behaviors or system prompts. */
  readonly together: readonly Picture[];
  readonly settings: ReadonlyArray<readonly [name: string, value: string]>;
  /** Questions with their answers. */
  readonly examples: number;
}

const READING = [
  "ab: the behavior's own questions with two lettered answers, one of which shows it. open_ended: open questions, answered in words. mmlu and truthful_qa: questions of knowledge, for which a behavior means its vectors.",
  "p(matching) is the probability of the answer that shows the behavior, as a share of that of both letters; p(correct) likewise. A difference is taken item by item, so that what makes one question easier than another drops out.",
  "The layer of a finding is the one with the strongest effect, chosen on the items on which the effect is reported, which makes it look a little larger than it is.",
  "A judge scores open-ended answers from 0 to 10 for the behavior, and does not know the multiplier. Its error is in the intervals where it differs from answer to answer; one that it makes on all answers alike is in no interval.",
  "An interval off zero says that answers moved. Only controls, random directions of the vector's length and the vector of shuffled labels, run through the same pipeline, say whether the direction matters. With k controls chance alone puts a vector that is no better ahead of all in one case of k + 1.",
];

/** The page of an experiment. @throws {CaaError} as `renderReport` */
export function resultsPage(page: ResultsPage): string {
  return renderReport({
    title: page.title,
    lead: [{ kind: "text", text: page.about }],
    sections: [
      {
        title: "Finding",
        blocks: [
          ...page.findings.map((text): Block => ({ kind: "note", text })),
          ...(page.choice.length + page.judged.length === 0
            ? []
            : [
                summaryTable(
                  page.choice.map(({ group }) => group),
                  page.judged,
                ),
              ]),
        ],
      },
      { title: "Warnings", blocks: warningBlocks(page.warnings) },
      ...(page.missing.length === 0
        ? []
        : [{ title: "Not measured", blocks: [{ kind: "list" as const, items: page.missing }] }]),
      ...(page.together.length === 0
        ? []
        : [{ title: "Side by side", blocks: page.together.flatMap(figures) }]),
      ...page.choice.map(choiceSection),
      ...page.open.map((part) => openSection(part, page.examples)),
      { title: "Settings", blocks: [{ kind: "facts", facts: page.settings }] },
      {
        title: "How to read this",
        blocks: READING.map((text): Block => ({ kind: "text", text })),
      },
    ],
  });
}

function warningBlocks(warnings: readonly string[]): readonly Block[] {
  return warnings.length === 0
    ? [{ kind: "text", text: "None." }]
    : warnings.map((text): Block => ({ kind: "note", text, warning: true }));
}

function choiceSection({ group, plots }: ChoicePart): Section {
  return {
    title: group.label,
    blocks: [
      ...plots.map(figure),
      ...(group.findings.layers.length === 0 ? [] : [layersTable(group)]),
      cellsTable(group),
    ],
  };
}

function openSection({ group, layer, scores, plots }: OpenPart, questions: number): Section {
  return {
    title: group.label,
    blocks: [
      answersTable(group, { layer, questions, scores }),
      ...plots.map(figure),
      ...(scores.length === 0 ? [] : [scoresTable(scores, layer)]),
      wearTable(group.cells, layer),
    ],
  };
}

/** A picture, and where it has one the table of its figures. */
function figures({ table, ...picture }: Picture): readonly Block[] {
  const [head = [], ...rows] = table ?? [];
  const [first = "", ...others] = head;
  const columns = [left(first), ...others.map(right)];
  return table === undefined
    ? [figure(picture)]
    : [
        figure(picture),
        {
          kind: "table",
          caption: "Fine-tuned beside steered: a column for each multiplier",
          columns,
          rows,
        },
      ];
}

function figure({ svg, caption }: Picture): Block {
  return { kind: "figure", svg, caption };
}
