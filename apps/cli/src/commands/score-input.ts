import { relative, resolve } from "node:path";
import { CaaError } from "@caa/core";
import {
  BEHAVIOR_NAMES,
  type Direction,
  directedBehavior,
  findBehaviors,
  findNamedBehavior,
  isDataRoot,
  readBehaviorFile,
} from "@caa/datasets";
import type { OpenEndedCell } from "@caa/eval";
import type { JudgedAnswer } from "@caa/scoring";
import type { CliDependencies } from "../dependencies.ts";

/** Which answers are judged, and by which rubric. */
export interface ScoreInputOptions {
  readonly results: string;
  readonly data?: string;
  readonly rubric?: string;
  readonly behaviors?: readonly string[];
  readonly models?: readonly string[];
  readonly layers?: readonly number[];
  readonly multipliers?: readonly number[];
}

/** A cell, and its answers in the order of its rows. */
export interface CellToScore {
  readonly cell: OpenEndedCell;
  readonly answers: readonly JudgedAnswer[];
}

/** The cells that were asked for, by behavior, layer and multiplier. @throws {CaaError} empty-selection; as `readCells` */
export async function readCellsToScore(
  options: ScoreInputOptions,
  { cwd }: Pick<CliDependencies, "cwd">,
): Promise<readonly CellToScore[]> {
  const { readCells } = await import("@caa/eval");
  const { behaviors, models, layers, multipliers } = options;
  const cells = await readCells(resolve(cwd, options.results), {
    types: ["open_ended"],
    ...(behaviors === undefined ? {} : { behaviors }),
    ...(models === undefined ? {} : { models }),
    ...(layers === undefined ? {} : { layers }),
    ...(multipliers === undefined ? {} : { multipliers }),
  });
  if (cells.length === 0) {
    const message = `${options.results}: expected open-ended results in open_ended/ that fit the options, got none; caa eval --type open-ended makes them`;
    throw new CaaError("empty-selection", message, { facts: { path: options.results } });
  }
  return cells
    .toSorted(
      ({ settings: a }, { settings: b }) =>
        (a.behavior < b.behavior ? -1 : Number(a.behavior > b.behavior)) ||
        a.layer - b.layer ||
        a.multiplier - b.multiplier,
    )
    .map((cell, index) => ({
      cell,
      answers: cell.rows.map(({ question, model_output: answer }, row) => ({
        id: `${index}/${row}`,
        behavior: cell.settings.behavior,
        question,
        answer,
      })),
    }));
}

/**
 * The rubric of each behavior: `--rubric`, else that of its behavior.json in the data folder, else ours of its name, for
 * the direction that the behavior.json states. Which one it is is said.
 * @throws {CaaError} invalid-argument for a behavior without one, or `--rubric` for several; as `readBehaviorFile`
 */
export async function findRubrics(
  behaviors: readonly string[],
  options: Pick<ScoreInputOptions, "data" | "rubric">,
  { cwd, stderr }: Pick<CliDependencies, "cwd" | "stderr">,
): Promise<ReadonlyMap<string, string>> {
  if (options.rubric !== undefined) {
    const [behavior, ...more] = behaviors;
    if (behavior === undefined || more.length > 0 || options.rubric.trim() === "") {
      const message = `--rubric: expected a text and one behavior to judge by it, got ${behaviors.join(", ")}; --behaviors picks one`;
      throw new CaaError("invalid-argument", message);
    }
    return new Map([[behavior, options.rubric]]);
  }
  const dir = resolve(cwd, options.data ?? "datasets");
  const root = options.data !== undefined || (await isDataRoot(dir)) ? dir : null;
  const there = root === null ? [] : await findBehaviors(root);
  const rubrics = new Map<string, string>();
  for (const behavior of behaviors) {
    const file =
      root !== null && there.includes(behavior)
        ? (await findNamedBehavior(root, behavior)).behaviorFile
        : null;
    const declared = file === null ? null : await readBehaviorFile(file);
    const direction = declared?.direction ?? "as-named";
    const rubric = declared?.rubric ?? knownRubric(behavior, direction);
    if (rubric === null) {
      const message = `rubric: expected one for ${behavior}, got none: --rubric gives it, or the field rubric of its behavior.json in the data folder (--data)`;
      throw new CaaError("invalid-argument", message, { facts: { behavior } });
    }
    const source = file === null ? "by its name" : relative(cwd, file);
    stderr.write(`rubric of ${behavior}: ${source}, direction ${direction}\n`);
    rubrics.set(behavior, rubric);
  }
  return rubrics;
}

function knownRubric(behavior: string, direction: Direction): string | null {
  const name = BEHAVIOR_NAMES.find((known) => known === behavior);
  return name === undefined ? null : directedBehavior(name, direction).rubric;
}
