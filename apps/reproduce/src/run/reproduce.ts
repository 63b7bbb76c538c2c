import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { CliDependencies } from "../../../cli/src/dependencies.ts";
import { LastModel } from "../../../cli/src/last-model.ts";
import { compareCells, type ComparedCell, keyOf, type MeasuredCell } from "../compare/compare.ts";
import type { ReproduceOptions } from "../plan/options.ts";
import { preludeOf } from "../plan/prelude.ts";
import { chosenCells, type PlannedRun, planRuns, resultsOf, vectorsOf } from "../plan/plan-runs.ts";
import { cellsOf } from "../published/published-cells.ts";
import type { CellKey, PublishedTable } from "../published/table.ts";
import { importOriginalVectors } from "../vectors/import-original.ts";
import { writeComparison } from "../write/write-comparison.ts";
import { conditionsOf } from "./conditions.ts";
import { filesOf, readChoiceFigures, readScoreFigures } from "./read-figures.ts";
import { CommandFailed, commandLine, runCommand } from "./run-command.ts";

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
  const conditions = await conditionsOf(options, cwd);
  for (const { args, work } of planRuns(options)) {
    stdout.write(`${commandLine(args)}\n    # ${work}\n`);
  }
  stdout.write(preludeOf(options, conditions));
}

/**
 * Runs all commands and compares what they measured. Commands keep what is there, so that a run that was stopped goes on.
 * A test that fails stands in no other's way: its figures are not measured, and the exit code is its command's.
 * @throws {CaaError} with the exit code of a command that made no vectors, or that was stopped
 */
export async function reproduce(
  options: ReproduceOptions,
  outer: CliDependencies,
): Promise<{ readonly cells: readonly ComparedCell[]; readonly exitCode: number }> {
  const { cwd, stderr } = outer;
  const conditions = await conditionsOf(options, cwd);
  stderr.write(preludeOf(options, conditions));
  await using models = new LastModel(outer.openModel);
  const dependencies = { ...outer, openModel: models.openModel };
  if (options.originalVectors !== null) {
    const to = resolve(cwd, vectorsOf(options));
    await importOriginalVectors(resolve(cwd, options.originalVectors), to, options);
  }
  const results = resolve(cwd, resultsOf(options));
  const measured: MeasuredCell[] = [];
  const answers = new Map<string, PublishedTable>();
  const missing = new Map<string, string>();
  let failed: number | null = null;
  for (const run of planRuns(options)) {
    const { args, table, makes } = run;
    if (makes !== null && existsSync(join(resolve(cwd, makes), "finetune.json"))) {
      continue;
    }
    let printed = "";
    try {
      printed = await runCommand(args, dependencies);
    } catch (error) {
      if (!(error instanceof CommandFailed) || args[0] === "vectors" || error.code === "aborted") {
        throw error;
      }
      stderr.write(`error: ${error.message}; going on with the rest\n`);
      failed ??= error.exitCode;
      for (const key of keysOf(run, options).filter((one) => !missing.has(one))) {
        missing.set(key, `caa ${args[0]} ended with exit code ${error.exitCode}`);
      }
      continue;
    }
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
    chosenCells(options),
    measured,
    conditions,
    (cell) => missing.get(keyOf(cell)) ?? whyMissing(cell, options),
  );
  await writeComparison(cells, options, conditions, outer);
  return { cells, exitCode: failed ?? exitCodeOf(cells, options) };
}

/** The figures that a command measures; the judge's are those of all answers, and training has none. */
function keysOf({ args, table }: PlannedRun, options: ReproduceOptions): readonly string[] {
  const cells =
    table === null
      ? chosenCells(options).filter(({ type }) => type === "open_ended" && args[0] === "score")
      : cellsOf(table).filter(({ behavior }) => args.includes(behavior));
  return cells.map(keyOf);
}

function whyMissing({ type }: CellKey, { judge }: ReproduceOptions): string {
  return type === "open_ended" && judge === null ? "not judged" : "no figure";
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
