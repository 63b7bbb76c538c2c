import { resolve } from "node:path";
import { CaaError, throwIfAborted } from "@caa/core";
import {
  BEHAVIOR_NAMES,
  type BehaviorReport,
  checkBehavior,
  checkBuiltInBehavior,
  findBehaviorAt,
  findBehaviors,
  findNamedBehavior,
  isBehaviorPath,
  parseBehaviorName,
} from "@caa/datasets";
import type { Command } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { DATA_HELP } from "../../options/data.ts";
import { formatBehaviorReport } from "../../output/behavior-report.ts";
import { examples } from "../../output/examples.ts";
import { startProgress } from "../../output/progress.ts";
import { findDataRoot, withPathHint } from "../../read-sets.ts";

export interface DataCheckOptions {
  readonly data?: string;
  readonly json?: boolean;
}

/** `caa data check [behaviors...]` */
export function addDataCheck(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("check")
    .description("say what data sets hold and all that is wrong with them")
    .argument(
      "[behaviors...]",
      "paths of folders or of JSON, JSONL or CSV files, or names in the data folder (default: all in it)",
    )
    .option("--data <dir>", DATA_HELP)
    .option("--json", "all figures and all problems as JSON")
    .action(async (behaviors: readonly string[], options: DataCheckOptions) => {
      const reports = await checkData(behaviors, options, dependencies);
      const { stdout, cwd } = dependencies;
      stdout.write(
        options.json === true
          ? `${JSON.stringify({ behaviors: reports }, null, 2)}\n`
          : reports.map((report) => formatBehaviorReport(report, cwd)).join("\n"),
      );
      throwIfBad(reports);
    });
  examples(
    command,
    "caa data check ./honesty.csv",
    "caa data check ./honesty    # generate.csv, test.csv, behavior.json",
    "caa data check refusal sycophancy --data datasets",
    "caa data check --json > report.json",
  );
}

/** Reports on the behaviors, or on all in the data folder. @throws {CaaError} as `checkBehavior`; empty-selection */
export async function checkData(
  behaviors: readonly string[],
  { data }: DataCheckOptions,
  dependencies: CliDependencies,
): Promise<readonly BehaviorReport[]> {
  const { cwd, signal } = dependencies;
  const onlyPaths = behaviors.length > 0 && behaviors.every(isBehaviorPath);
  const root = onlyPaths ? null : await findDataRoot(data, dependencies);
  const everything = root === null ? BEHAVIOR_NAMES : await findBehaviors(root);
  const asked = behaviors.length === 0 ? everything : behaviors;
  if (asked.length === 0) {
    throw new CaaError("empty-selection", `${root}: expected at least one behavior, got none`);
  }
  const progress = startProgress(dependencies, "check", "behaviors");
  const reports: BehaviorReport[] = [];
  try {
    for (const behavior of asked) {
      throwIfAborted(signal);
      progress.update(reports.length, asked.length, behavior);
      reports.push(await checkOne(behavior, root, cwd));
    }
  } finally {
    progress.end();
  }
  return reports;
}

async function checkOne(
  behavior: string,
  root: string | null,
  cwd: string,
): Promise<BehaviorReport> {
  if (isBehaviorPath(behavior)) {
    return checkBehavior(await findBehaviorAt(resolve(cwd, behavior)));
  }
  try {
    return root === null
      ? await checkBuiltInBehavior(parseBehaviorName(behavior))
      : await checkBehavior(await findNamedBehavior(root, behavior));
  } catch (error) {
    throw withPathHint(error, behavior, cwd);
  }
}

function throwIfBad(reports: readonly BehaviorReport[]): void {
  const bad = reports.filter(({ valid }) => !valid);
  if (bad.length > 0) {
    const count = bad.reduce((sum, { problems }) => sum + problems.length, 0);
    const names = bad.map(({ name }) => name).join(", ");
    const message = `check: expected data sets without problems, got ${count} in ${names}`;
    throw new CaaError("invalid-data", message, { facts: { count } });
  }
}
