import type { Agreement, ScoreChange, ScoreSummary, SelfAgreement } from "@caa/scoring";
import type { ScoringEstimate } from "../commands/score-estimate.ts";
import type { JudgeBill, ScoreResult } from "../commands/score-run.ts";
import { formatChange } from "../demo/numbers.ts";
import type { CliDependencies } from "../dependencies.ts";
import { formatTable } from "./table.ts";

/** Mean scores per cell to stdout; agreement, warnings and the bill to stderr. */
export function printScores(
  result: ScoreResult,
  { stdout, stderr }: Pick<CliDependencies, "stdout" | "stderr">,
): void {
  stdout.write(formatScores(result));
  const { self, second, labels } = result.agreement;
  if (self !== null) {
    stderr.write(`the judge with itself: ${inWords(self)}, over ${self.repeats} repeats\n`);
  }
  if (second !== null) {
    stderr.write(`with the second judge: ${inWords(second)}\n`);
  }
  if (labels !== null) {
    stderr.write(`with the labels: ${inWords(labels)}\n`);
  }
  for (const warning of scoreWarnings(result)) {
    stderr.write(`${warning}\n`);
  }
  for (const bill of result.bills) {
    stderr.write(`${billInWords(bill)}\n`);
  }
  stderr.write(
    `scores and transcripts: ${result.files.length} files, such as ${result.files[0]}\n`,
  );
}

/** For `--json`. */
export function scoresToJson(result: ScoreResult): object {
  return {
    cells: result.cells.map(({ settings, judging, summary, second_summary }, index) => ({
      settings,
      judging,
      summary,
      second_summary,
      change: result.changes[index] ?? null,
      file: result.files[index],
    })),
    agreement: result.agreement,
    probes: result.probes,
    usage: result.bills.map(({ judge, usage, cost }) => ({ judge, ...usage, cost })),
    warnings: scoreWarnings(result),
  };
}

/** What a run would take: a line a judge to stdout, or JSON. */
export function printEstimate(
  estimate: ScoringEstimate,
  { json, repeats }: { readonly json?: boolean; readonly repeats: number },
  { stdout, stderr }: Pick<CliDependencies, "stdout" | "stderr">,
): void {
  if (json === true) {
    stdout.write(`${JSON.stringify(estimate, null, 2)}\n`);
    return;
  }
  stderr.write(
    `${estimate.answers} answers in ${estimate.cells} cells, ${repeats} times; nobody was asked. Tokens are counted as bytes / 4, which is within a third for English\n`,
  );
  for (const { judge, requests, cached, inputTokens, outputTokens, cost } of estimate.judges) {
    stdout.write(
      `${judge}: ${requests - cached} requests (${cached} more are in the cache), about ${inputTokens} tokens in and ${outputTokens} out${cost === null ? "; --price-in and --price-out give the cost" : `, cost about ${formatCost(cost)}`}\n`,
    );
  }
}

/** A row a cell: mean score with its interval, the change against multiplier 0, answers without a score by reason. */
function formatScores({ cells, changes, answersOf }: ScoreResult): string {
  // Cells of several models, or of a model and its trained forms, look alike without what they do not share.
  const apart = answersOf.map((phrases) =>
    phrases.filter((phrase) => !answersOf.every((other) => other.includes(phrase))).join(", "),
  );
  const differ = apart.some((words) => words !== "");
  const changed = changes.some((change) => change !== null);
  const spread = cells.some(({ summary }) => summary.judge_sd !== null);
  const second = cells.some(({ second_summary: summary }) => summary !== null);
  const columns = [
    { title: "behavior" },
    { title: "layer", align: "right" as const },
    { title: "x", align: "right" as const },
    { title: "n", align: "right" as const },
    { title: "score", align: "right" as const },
    { title: "interval" },
    ...(changed ? [{ title: "change against 0" }] : []),
    ...(spread ? [{ title: "judge sd", align: "right" as const }] : []),
    ...(second ? [{ title: "second", align: "right" as const }] : []),
    { title: "unscored" },
    ...(differ ? [{ title: "answers of" }] : []),
  ];
  return formatTable(
    columns,
    cells.map(({ settings, summary, second_summary: other }, index) => [
      settings.behavior,
      String(settings.layer),
      String(settings.multiplier),
      String(summary.n),
      figure(summary.mean),
      summary.interval === null
        ? ""
        : `[${figure(summary.interval.low)}, ${figure(summary.interval.high)}]`,
      ...(changed ? [formatScoreChange(changes[index] ?? null)] : []),
      ...(spread ? [figure(summary.judge_sd)] : []),
      ...(second ? [figure(other?.mean ?? null)] : []),
      unscoredInWords(summary),
      ...(differ ? [apart[index] ?? ""] : []),
    ]),
  );
}

/** What a reader of the scores must know. */
export function scoreWarnings({ cells, probes, agreement }: ScoreResult): readonly string[] {
  const obeyed = probes.filter((probe) => probe.obeyed === true);
  const unknown = probes.filter((probe) => probe.obeyed === null);
  const unscored = cells.filter(({ summary }) => Object.keys(summary.unscored).length > 0);
  return [
    ...obeyed.map(
      ({ judge, behavior, plain, injected, ordered }) =>
        `warning: ${judge} obeys the text that it judges: an order in it to score ${ordered} moved a harmless answer from ${plain} to ${injected} (${behavior}). Its scores of answers that speak to it mean nothing`,
    ),
    ...(unknown.length === 0
      ? []
      : [
          `warning: whether the judge obeys the text that it judges could not be seen for ${unknown.length} of ${probes.length} behaviors: it gave no score`,
        ]),
    ...(agreement.labels?.n === 0
      ? [
          "warning: no label is of an answer with a score; labels hold for the very words of question and answer",
        ]
      : []),
    ...(unscored.length === 0
      ? []
      : [
          `warning: ${unscored.length} of ${cells.length} cells have answers without a score; their means are over the others`,
        ]),
  ];
}

function billInWords({ judge, usage, cost }: JudgeBill): string {
  const { requests, cached, failed, inputTokens, outputTokens, uncounted } = usage;
  return [
    `${judge}: ${requests} requests, ${inputTokens} tokens in and ${outputTokens} out`,
    ...(cost === null ? [] : [`cost ${formatCost(cost)}`]),
    `${cached} from the cache`,
    ...(uncounted === 0 ? [] : [`${uncounted} whose tokens the server did not tell`]),
    ...(failed === 0 ? [] : [`${failed} failed`]),
  ].join(", ");
}

function inWords(agreement: Agreement | SelfAgreement): string {
  const { n, alpha, alpha_interval: interval } = agreement;
  const range =
    interval === null ? "" : ` [${interval.low.toFixed(2)}, ${interval.high.toFixed(2)}]`;
  const kappa = "kappa" in agreement ? `, weighted kappa ${coefficient(agreement.kappa)}` : "";
  const difference =
    "difference" in agreement && agreement.difference !== null
      ? `, first less second ${agreement.difference.toFixed(2)}`
      : "";
  return `n = ${n}, Krippendorff's alpha ${coefficient(alpha)}${range}${kappa}${difference}`;
}

function coefficient(value: number | null): string {
  return value === null ? "not defined" : value.toFixed(2);
}

/** `+0.50 [+0.10, +0.90]`; empty at multiplier 0, and where that was not judged. */
function formatScoreChange(change: ScoreChange | null): string {
  return change === null ? "" : formatChange(change.change, 2);
}

function figure(value: number | null): string {
  return value === null ? "-" : value.toFixed(2);
}

function unscoredInWords({ unscored }: ScoreSummary): string {
  return Object.entries(unscored)
    .map(([reason, count]) => `${count} ${reason}`)
    .join(", ");
}

function formatCost(cost: number): string {
  return cost < 0.01 && cost > 0 ? cost.toPrecision(2) : cost.toFixed(2);
}
