import { join, resolve } from "node:path";
import { writeFileAtomic } from "@caa/core/files";
import { recordsToCsv } from "@caa/eval";
import type { CliDependencies } from "../../../cli/src/dependencies.ts";
import type { RunConditions } from "../compare/band.ts";
import type { ComparedCell } from "../compare/compare.ts";
import type { ReproduceOptions } from "../plan/options.ts";
import { chosenTables } from "../plan/plan-runs.ts";
import { comparisonPicture } from "./comparison-picture.ts";
import { comparisonMarkdown, comparisonRecord } from "./comparison-table.ts";
import { findingOf } from "./finding.ts";

/** Writes `comparison.md`, `.csv` and `.svg`, and says what came out. */
export async function writeComparison(
  cells: readonly ComparedCell[],
  options: ReproduceOptions,
  { noBands }: RunConditions,
  { cwd, stdout, stderr }: CliDependencies,
): Promise<void> {
  const { model, size, layer, out } = options;
  const titles = [
    `${model}, layer ${layer}`,
    `beside the published figures of Llama-2-${size}-chat`,
  ];
  const finding = findingOf(cells);
  const sources = [...new Set(chosenTables(options).map(({ source }) => `- ${source}`))];
  const trial =
    noBands === null
      ? ""
      : `\nPublished bands do not apply: ${noBands}. So no figure has a verdict, and what stands here shows the mechanics alone.\n`;
  const markdown = `# ${titles.join(", ")}\n\n${finding}\n${trial}\n${comparisonMarkdown(cells)}\nThe published figures are nrimsky/CAA's:\n\n${sources.join("\n")}\n`;
  const contents = {
    "comparison.md": markdown,
    "comparison.csv": recordsToCsv(cells.map(comparisonRecord)),
    "comparison.svg": comparisonPicture(cells, titles),
  };
  for (const [name, content] of Object.entries(contents)) {
    await writeFileAtomic(join(resolve(cwd, out), name), content);
    stderr.write(`${join(out, name)}\n`);
  }
  stdout.write(`${finding}\n`);
}
