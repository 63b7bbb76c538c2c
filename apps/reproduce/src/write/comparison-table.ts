import type { FlatRecord } from "@caa/eval";
import type { ComparedCell } from "../compare/compare.ts";

/** A figure as a row of the CSV file. */
export function comparisonRecord(cell: ComparedCell): FlatRecord {
  return {
    type: cell.type,
    behavior: cell.behavior,
    system_prompt: cell.systemPrompt,
    trained_on: cell.trained,
    multiplier: cell.multiplier,
    published: cell.value,
    rounding: cell.rounding,
    ours: cell.ours,
    n: cell.n,
    difference: cell.difference,
    band: cell.band,
    verdict: cell.verdict,
    reason: cell.reason,
  };
}

/** All figures as Markdown, a table a test. */
export function comparisonMarkdown(cells: readonly ComparedCell[]): string {
  const groups = new Map<string, ComparedCell[]>();
  for (const cell of cells) {
    const title = titleOf(cell);
    const group = groups.get(title) ?? [];
    group.push(cell);
    groups.set(title, group);
  }
  return [...groups].map(([title, group]) => `## ${title}\n\n${table(group)}`).join("\n");
}

function titleOf({ type, systemPrompt, trained }: ComparedCell): string {
  const unit = type === "open_ended" ? "mean score, 0 to 10" : "percent";
  const prompt = systemPrompt === null ? "" : `, system prompt ${systemPrompt}`;
  const training = trained === null ? "" : `, fine-tuned on ${trained}`;
  return `${type}${prompt}${training} (${unit})`;
}

function table(cells: readonly ComparedCell[]): string {
  const rows = cells.map((cell) => [
    cell.behavior,
    String(cell.multiplier),
    figure(cell.value),
    figure(cell.ours),
    cell.n === null ? "-" : String(cell.n),
    figure(cell.difference),
    cell.band === null ? "-" : `±${cell.band}`,
    cell.verdict,
  ]);
  const head = ["behavior", "x", "published", "ours", "n", "difference", "band", "verdict"];
  const lines = [head, head.map(() => "---"), ...rows];
  return lines.map((line) => `| ${line.join(" | ")} |\n`).join("");
}

function figure(value: number | null): string {
  return value === null ? "-" : value.toFixed(2);
}
