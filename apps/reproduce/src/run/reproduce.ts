import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CliDependencies } from "../../../cli/src/dependencies.ts";
import { LastModel } from "../../../cli/src/last-model.ts";
import { compareCells, type ComparedCell, type MeasuredCell } from "../compare/compare.ts";
import type { ReproduceOptions } from "../plan/options.ts";
import { chosenTables, planRuns, resultsOf, vectorsOf } from "../plan/plan-runs.ts";
import { cellsOf } from "../published/published-cells.ts";
import type { CellKey, PublishedTable } from "../published/table.ts";
import { importOriginalVectors } from "../vectors/import-original.ts";
import { writeComparison } from "../write/write-comparison.ts";
import { conditionsOf } from "./conditions.ts";
import { filesOf, readChoiceFigures, readScoreFigures } from "./read-figures.ts";
import { commandLine, runCommand } from "./run-command.ts";

/** What a run ends with where no command failed; a failed one ends it with its own exit code. */
export const EXIT = {
  /** Every figure is inside its band; in a trial, every figure was measured. */
  inside: 0,
  outside: 4,
  /** None is outside, but some were not measured or have no band. */
  notCompared: 5,
} as const;

/** Prints all commands with how much work each is. */
export async function printPlan(
  options: ReproduceOptions,
  { cwd, stdout }: CliDependencies,
): Promise<void> {
  const { noBands } = await conditionsOf(options, cwd);
  for (const { args, work } of planRuns(options)) {
    stdout.write(`${commandLine(args)}\n    # ${work}\n`);
  }
  const figures = chosenTables(options).flatMap(cellsOf).filter(isAskedFor(options)).length;
  stdout.write(`${figures} published figures\n`);
  if (noBands !== null) {
    stdout.write(`published bands do not apply: ${noBands}\n`);
  }
}

/**
 * Runs all commands and compares what they measured. Commands keep what is there, so that a run that was stopped goes on.
 * @throws {CaaError} with the exit code of a command that failed
 */
export async function reproduce(
  options: ReproduceOptions,
  outer: CliDependencies,
): Promise<{ readonly cells: readonly ComparedCell[]; readonly exitCode: number }> {
  const { cwd, stderr } = outer;
  const conditions = await conditionsOf(options, cwd);
  if (conditions.noBands !== null) {
    stderr.write(`published bands do not apply: ${conditions.noBands}\n`);
  }
  await using models = new LastModel(outer.openModel);
  const dependencies = { ...outer, openModel: models.openModel };
  if (options.originalVectors !== null) {
    const to = resolve(cwd, vectorsOf(options));
    await importOriginalVectors(resolve(cwd, options.originalVectors), to, options);
  }
  const results = resolve(cwd, resultsOf(options));
  const measured: MeasuredCell[] = [];
  const answers = new Map<string, PublishedTable>();
  for (const { args, table, makes } of planRuns(options)) {
    if (makes !== null && existsSync(join(resolve(cwd, makes), "finetune.json"))) {
      continue;
    }
    const printed = await runCommand(args, dependencies);
    if (args[0] === "score") {
      measured.push(...readScoreFigures(printed, answers));
    } else if (table?.type === "open_ended") {
      for (const file of filesOf(printed, resultsOf(options))) {
        answers.set(file.split(/[\\/]/).slice(-2).join("/"), table);
      }
    } else if (table !== null) {
      const files = filesOf(printed, resultsOf(options));
      measured.push(...(await readChoiceFigures(results, files, table)));
    }
  }
  const cells = compareCells(
    chosenTables(options).flatMap(cellsOf).filter(isAskedFor(options)),
    measured,
    conditions,
    missingOf(options),
  );
  await writeComparison(cells, options, conditions, outer);
  return { cells, exitCode: exitCodeOf(cells, options) };
}

function isAskedFor({ behaviors }: ReproduceOptions): (cell: CellKey) => boolean {
  return ({ behavior }) => behaviors.includes(behavior);
}

function missingOf({ judge }: ReproduceOptions): (cell: CellKey) => string {
  return ({ type }) => (type === "open_ended" && judge === null ? "not judged" : "no figure");
}

/** @see EXIT */
export function exitCodeOf(
  cells: ReadonlyArray<Pick<ComparedCell, "verdict">>,
  { published }: Pick<ReproduceOptions, "published">,
): number {
  const has = (verdict: ComparedCell["verdict"]): boolean =>
    cells.some((cell) => cell.verdict === verdict);
  if (has("outside")) {
    return EXIT.outside;
  }
  const whole = !has("not measured") && (!published || !has("no band"));
  return whole ? EXIT.inside : EXIT.notCompared;
}
