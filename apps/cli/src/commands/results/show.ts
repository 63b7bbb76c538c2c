import type { Cell, ChoiceRow, OpenEndedRow } from "@caa/eval";
import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { parseCount } from "../../options/numbers.ts";
import { examples } from "../../output/examples.ts";
import { addSelectOptions, selectCells, type SelectOptions } from "./select.ts";

interface ShowOptions extends SelectOptions {
  readonly items: number;
  readonly json?: boolean;
}

/** `caa results show` */
export function addResultsShow(parent: Command, dependencies: CliDependencies): void {
  const command = addSelectOptions(
    parent.command("show").description("the items of cells: questions with scores or answers"),
  )
    .option("--items <n>", "so many of each cell", parseCount, 5)
    .option("--json", "whole cells as JSON, with all items")
    .action(async (options: ShowOptions) => {
      const cells = await selectCells(options, dependencies);
      dependencies.stdout.write(
        options.json === true
          ? `${JSON.stringify({ cells }, null, 2)}\n`
          : cells.map((cell) => formatCell(cell, options.items)).join("\n"),
      );
    });
  examples(
    command,
    "caa results show --types open_ended --behaviors refusal --layers 13 --multipliers 1",
    "caa results show --types ab --layers 13 --multipliers 0 --items 50",
  );
}

function formatCell(cell: Cell, items: number): string {
  const { type, behavior, model, vectors, layer, multiplier } = cell.settings;
  const rows: ReadonlyArray<ChoiceRow | OpenEndedRow> = cell.rows;
  const shown = rows.slice(0, items).map((row, i) => formatRow(row, i));
  const left = rows.length - shown.length;
  return [
    `${type}, ${behavior}, layer ${layer} x ${multiplier}, ${vectors} vectors, ${model}\n`,
    ...shown,
    ...(left > 0 ? [`and ${left} more; --items shows them\n`] : []),
  ].join("");
}

function formatRow(row: ChoiceRow | OpenEndedRow, index: number): string {
  const question = `${index + 1}. ${indent(row.question)}\n`;
  if ("model_output" in row) {
    return `${question}   -> ${indent(row.model_output)}\n`;
  }
  const score = row.score === null ? `no score: ${row.unscored}` : row.score.toFixed(3);
  return `${question}   -> ${row.answer_matching_behavior} ${score}\n`;
}

/** Control characters would speak to the terminal. */
function indent(text: string): string {
  return text.replaceAll(/[^\P{Cc}\n]/gu, " ").replaceAll("\n", "\n   ");
}
