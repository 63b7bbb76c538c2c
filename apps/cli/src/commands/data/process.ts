import { relative, resolve } from "node:path";
import { CaaError } from "@caa/core";
import {
  type BehaviorName,
  type Direction,
  DIRECTIONS,
  formatPlace,
  groupUnusable,
  parseBehaviorName,
  parseSetName,
  processData,
  type ProcessReport,
  SET_NAMES,
  type SetReport,
} from "@caa/datasets";
import { type Command, InvalidArgumentError } from "commander";
import type { CliDependencies } from "../../dependencies.ts";
import { collectNames, oneOf } from "../../options/names.ts";
import { parseWhole } from "../../options/numbers.ts";
import { ORIGINALS } from "../../options/originals.ts";
import { examples } from "../../output/examples.ts";
import { formatProcessTable } from "../../output/process-table.ts";
import { startProgress } from "../../output/progress.ts";
import { withResumeHint } from "../../output/resume-hint.ts";

/** Reasons shown for one set; the JSON has all. */
const SHOWN_REASONS = 5;

export interface DataProcessOptions {
  readonly data: string;
  readonly out?: string;
  readonly seed: number;
  readonly flip?: readonly string[];
  readonly direction?: ReadonlyMap<string, Direction>;
  readonly dropLeaks?: boolean;
  readonly overwrite?: boolean;
  readonly json?: boolean;
}

/** `caa data process [names...]` */
export function addDataProcess(parent: Command, dependencies: CliDependencies): void {
  const command = parent
    .command("process")
    .description(
      "make generate/ and test/ from raw/: shuffled, 50 items held out for tests, at most 1000 of the rest for vectors; and compare the sizes with the published ones",
    )
    .argument("[names...]", `${SET_NAMES.join(", ")} (default: all that are there)`)
    .option("--data <dir>", "folder with raw/, as caa data download makes it", ORIGINALS)
    .option("--out <dir>", "where generate/, test/ and manifest.json go (default: that folder)")
    .option(
      "--seed <n>",
      "of the shuffle, the wrong choices and the letters; the same seed makes the same bytes",
      parseWhole,
      0,
    )
    .option(
      "--flip <names...>",
      "behaviors whose matching and not matching answers change places; the direction in behavior.json turns with them",
      collectNames,
    )
    .option(
      "--direction <name=direction...>",
      `which way a raw set points that is not the published one: ${DIRECTIONS.join(" or ")} (published: as-named, survival-instinct opposite)`,
      collectDirections,
    )
    .option("--drop-leaks", "leave out items for vectors that ask what a test item asks")
    .option("--overwrite", "replace files of other content")
    .option("--json", "the whole report as JSON")
    .action(async (names: readonly string[], options: DataProcessOptions) => {
      const { cwd, stdout, stderr } = dependencies;
      const report = await runProcess(names, options, dependencies);
      stdout.write(options.json === true ? toJson(report) : formatProcessTable(report.sets));
      for (const note of notesOn(report, cwd)) {
        stderr.write(`${note}\n`);
      }
      if (report.sets.some(({ entry }) => entry.direction !== undefined)) {
        stderr.write(`next: caa vectors generate --data ${options.out ?? options.data}\n`);
      }
      throwFailed(report);
    });
  examples(
    command,
    "caa data process",
    "caa data process refusal sycophancy --seed 1 --drop-leaks --out datasets/seed-1",
    "caa data process survival-instinct --flip survival-instinct --overwrite",
  );
}

/** Processes the sets that were asked for. @throws {CaaError} as `processData` */
export async function runProcess(
  names: readonly string[],
  options: DataProcessOptions,
  dependencies: CliDependencies,
): Promise<ProcessReport> {
  const { cwd, signal } = dependencies;
  const directions = new Map<BehaviorName, Direction>();
  for (const [name, direction] of options.direction ?? []) {
    directions.set(parseBehaviorName(name), direction);
  }
  const progress = startProgress(dependencies, "process", "sets");
  let finished = 0;
  try {
    return await withResumeHint(
      dependencies,
      () => `${finished} sets are done and kept.`,
      () =>
        processData(resolve(cwd, options.data), {
          out: options.out === undefined ? undefined : resolve(cwd, options.out),
          names: names.length === 0 ? undefined : names.map((name) => parseSetName(name)),
          seed: options.seed,
          flip: options.flip?.map((name) => parseBehaviorName(name)),
          directions,
          dropLeaks: options.dropLeaks,
          overwrite: options.overwrite,
          signal,
          onProgress: ({ done, total, name }) => {
            finished = done;
            progress.update(done, total, name);
          },
        }),
    );
  } finally {
    progress.end();
  }
}

function collectDirections(
  value: string,
  previous: ReadonlyMap<string, Direction> = new Map(),
): ReadonlyMap<string, Direction> {
  const all = new Map(previous);
  for (const part of collectNames(value)) {
    const [name = "", direction, ...rest] = part.split("=");
    if (direction === undefined || rest.length > 0) {
      throw new InvalidArgumentError(
        `Expected such as survival-instinct=as-named, got ${JSON.stringify(part)}.`,
      );
    }
    all.set(name, oneOf(...DIRECTIONS)(direction));
  }
  return all;
}

/** Ends the command with the code of the first set that could not be processed, naming all of them. */
function throwFailed({ sets, failed }: ProcessReport): void {
  const [first] = failed;
  if (first !== undefined) {
    const lines = failed.map(({ name, error }) => `\n  ${name}: ${error.message}`);
    const message = `${failed.length} of ${sets.length + failed.length} sets could not be processed, the others are done${lines.join("")}`;
    throw new CaaError(first.error.code, message, { cause: first.error });
  }
}

function toJson({ sets, failed, missing }: ProcessReport): string {
  const shown = sets.map(({ entry, unusable, ...set }) => ({
    ...set,
    ...entry,
    unusable: { items: entry.unusable, reasons: groupUnusable(unusable) },
  }));
  const broken = failed.map(({ name, error: { code, message } }) => ({ name, code, message }));
  return `${JSON.stringify({ sets: shown, failed: broken, missing }, null, 2)}\n`;
}

/** What the table has no room for. */
function notesOn({ sets, missing }: ProcessReport, cwd: string): readonly string[] {
  const unusable = sets.flatMap((set) => unusableNotes(set, cwd));
  return [
    ...sets.flatMap((set) => set.notes.map((note) => `note: ${note}`)),
    ...unusable,
    ...(missing.length === 0
      ? []
      : [`not there: ${missing.join(", ")}; caa data download gets what is missing`]),
  ];
}

function unusableNotes({ name, entry, unusable }: SetReport, cwd: string): readonly string[] {
  const groups = groupUnusable(unusable);
  const more = groups.length - SHOWN_REASONS;
  return [
    ...(entry.unusable === 0
      ? []
      : [`warning: ${name}: ${entry.unusable} items cannot be used and are left out`]),
    ...groups.slice(0, SHOWN_REASONS).map(({ field, reason, items, first }) => {
      const place = formatPlace({ item: first.item, line: first.line, field });
      return `  ${items} times, first ${relative(cwd, first.path)}: ${place}: ${reason}`;
    }),
    ...(more > 0 ? [`  and ${more} other reasons; --json has all`] : []),
  ];
}
