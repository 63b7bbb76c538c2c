import type { MeanSummary, OpenEndedCell } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import type { OpenEndedRun } from "../eval/evaluate.ts";
import { describeVectors } from "../load-vectors.ts";
import { runToJson } from "./run-to-json.ts";
import { formatTable } from "./table.ts";

/** What the answers look like, without a judge: figures on stdout, warnings on stderr. */
export async function printOpenEndedRun(
  { behavior, cells, vectors, kept }: OpenEndedRun,
  { cwd, stdout, stderr }: CliDependencies,
): Promise<void> {
  const [first] = cells;
  stdout.write(
    `${describeVectors(vectors, cwd)}\n${first?.summary.n ?? 0} answers a cell, at most ${first?.settings.maxNewTokens ?? 0} tokens each (${kept} of ${cells.length} cells were there already)\nrepetition: share of 4-grams of words that stood in the answer before; compression: bytes after deflate over before; perplexity: under the model without steering\n`,
  );
  stdout.write(formatOpenEndedTable(cells));
  for (const warning of openEndedWarnings(cells)) {
    stderr.write(`${behavior}: ${warning}\n`);
  }
}

/** The same for programs. */
export async function openEndedToJson(run: OpenEndedRun): Promise<object> {
  return {
    ...runToJson(run),
    warnings: openEndedWarnings(run.cells),
  };
}

/** A row per cell. */
export function formatOpenEndedTable(cells: readonly OpenEndedCell[]): string {
  const columns = [
    { title: "layer", align: "right" as const },
    { title: "x", align: "right" as const },
    { title: "tokens", align: "right" as const },
    { title: "cut off", align: "right" as const },
    { title: "repetition", align: "right" as const },
    { title: "compression", align: "right" as const },
    { title: "perplexity", align: "right" as const },
  ];
  return formatTable(
    columns,
    cells.map(({ settings, summary }) => [
      String(settings.layer),
      String(settings.multiplier),
      summary.tokens.mean.toFixed(1),
      `${summary.cut_off}/${summary.n}`,
      format(summary.repetition, 2),
      format(summary.compression_ratio, 2),
      format(summary.perplexity, 1),
    ]),
  );
}

/** Cells in which text is worn beyond what the plain model writes; empty when there is nothing to say. */
export function openEndedWarnings(cells: readonly OpenEndedCell[]): readonly string[] {
  const plain = cells.find(({ settings }) => settings.multiplier === 0)?.summary.repetition ?? null;
  const worn = cells.filter(({ settings, summary: { repetition } }) => {
    const { low } = repetition?.bootstrap ?? repetition?.t ?? { low: 0 };
    return settings.multiplier !== 0 && plain !== null && low > plain.mean + 0.1;
  });
  return worn.length === 0
    ? []
    : [
        `warning: in ${worn.length} of ${cells.length} cells answers repeat themselves much more than without steering (${worn.map(({ settings }) => `layer ${settings.layer} x ${settings.multiplier}`).join(", ")}): a judge there reads broken text`,
      ];
}

function format(mean: MeanSummary | null, digits: number): string {
  return mean === null ? "-" : mean.mean.toFixed(digits);
}
