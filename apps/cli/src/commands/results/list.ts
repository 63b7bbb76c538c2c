import type { Cell, MeanSummary } from "@caa/eval";
import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { examples } from "../../output/examples.ts";
import { formatTable } from "../../output/table.ts";
import { unusualSettings } from "../../output/unusual-settings.ts";
import { addSelectOptions, selectCells, type SelectOptions } from "./select.ts";

/** `caa results list` */
export function addResultsList(parent: Command, dependencies: CliDependencies): void {
  const command = addSelectOptions(
    parent.command("list").description("what was measured, a line a cell, with its main figure"),
  )
    .option("--json", "settings and figures as JSON")
    .action(async (options: SelectOptions & { readonly json?: boolean }) => {
      const cells = await selectCells(options, dependencies);
      dependencies.stdout.write(
        options.json === true
          ? `${JSON.stringify({ cells: cells.map(({ settings, hashes, summary }) => ({ settings, hashes, summary })) }, null, 2)}\n`
          : formatList(cells),
      );
    });
  examples(
    command,
    "caa results list",
    "caa results list --types mmlu truthful_qa --multipliers -1 0 1",
    "caa results list --behaviors refusal --vectors normalized --json",
  );
}

function formatList(cells: readonly Cell[]): string {
  const columns = [
    { title: "type" },
    { title: "behavior" },
    { title: "vectors" },
    { title: "layer", align: "right" as const },
    { title: "x", align: "right" as const },
    { title: "n", align: "right" as const },
    { title: "figure" },
    { title: "mean", align: "right" as const },
    { title: "interval" },
    { title: "model" },
    { title: "more" },
  ];
  return formatTable(
    columns,
    cells.map((cell) => {
      const { settings, summary } = cell;
      const [figure, mean] = mainFigure(cell);
      return [
        settings.type,
        settings.behavior,
        settings.vectors,
        String(settings.layer),
        String(settings.multiplier),
        String(summary.n),
        figure,
        mean === null ? "-" : mean.mean.toFixed(3),
        interval(mean),
        settings.model,
        unusualSettings(cell.settings).join(", "),
      ];
    }),
  );
}

function mainFigure(cell: Cell): readonly [string, MeanSummary | null] {
  const { summary } = cell;
  return "p_matching" in summary
    ? [cell.settings.type === "ab" ? "p(matching)" : "p(correct)", summary.p_matching]
    : ["repetition", summary.repetition];
}

function interval(mean: MeanSummary | null): string {
  const known = mean?.bootstrap ?? mean?.t ?? null;
  return known === null ? "" : `[${known.low.toFixed(3)}, ${known.high.toFixed(3)}]`;
}
