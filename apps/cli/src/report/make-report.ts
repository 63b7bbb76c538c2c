import { resolve } from "node:path";
import { CaaError } from "@caa/core";
import { suggest } from "@caa/datasets";
import type { OpenEndedCell } from "@caa/eval";
import type { CliDependencies } from "../dependencies.ts";
import { readScores } from "../read-scores.ts";
import { isJudged, isOfTheseAnswers } from "./answers.ts";
import { describeFinding, type JudgedGroup, judgeGroup } from "./finding.ts";
import { distinct, type Group, groupResults } from "./groups.ts";
import { describeJudgeFinding, judgeFindings } from "./judge-finding.ts";
import { missingOf, warningsOf } from "./notes.ts";
import { resultsPage } from "./page.ts";
import { drawPictures } from "./pictures.ts";
import { settingsFacts } from "./settings-facts.ts";

export interface MakeReportOptions {
  /** From the working folder. */
  readonly results: string;
  readonly behaviors?: readonly string[];
  readonly models?: readonly string[];
  /** @default by the models and behaviors */
  readonly title?: string;
  /** Questions with their answers, for each behavior. */
  readonly examples: number;
}

export interface MadeReport {
  /** One HTML page. */
  readonly page: string;
  readonly findings: readonly string[];
  readonly warnings: readonly string[];
  readonly missing: readonly string[];
}

/**
 * The page of what is in a folder of results: the same results give the same page.
 * @throws {CaaError} empty-selection without results; not-found for a behavior or model that has none
 */
export async function makeReport(
  options: MakeReportOptions,
  dependencies: CliDependencies,
): Promise<MadeReport> {
  const { readCells } = await import("@caa/eval");
  const dir = resolve(dependencies.cwd, options.results);
  const filter = {
    ...(options.behaviors === undefined ? {} : { behaviors: options.behaviors }),
    ...(options.models === undefined ? {} : { models: options.models }),
  };
  const cells = groupResults(
    await readCells(dir, { types: ["ab", "mmlu", "truthful_qa"], ...filter }),
  );
  const answers = groupResults(await readCells(dir, { types: ["open_ended"], ...filter }));
  const groups = [...cells.groups, ...answers.groups];
  await checkThere(groups, options, dir);
  const choice: JudgedGroup[] = [];
  for (const group of cells.groups) {
    choice.push(await judgeGroup(group));
  }
  const scored = (await readScores(dir)).toSorted(
    (a, b) => a.settings.layer - b.settings.layer || a.settings.multiplier - b.settings.multiplier,
  );
  const open = answers.groups.map((group) => {
    const judged = scored.filter((one) => group.cells.some((cell) => isJudged(cell, one)));
    const scores = judged.filter((one) =>
      group.cells.some((cell) => isJudged(cell, one) && isOfTheseAnswers(cell, one)),
    );
    const stale = judged.length - scores.length;
    return { group, layer: exampleLayer(group, choice), scores, stale };
  });
  const pictures = await drawPictures({ choice, open }, dependencies);
  const judged = open.flatMap(({ group, layer, scores }) =>
    judgeFindings(group.label, layer, scores),
  );
  const findings = [...choice.map(describeFinding), ...judged.map(describeJudgeFinding)];
  const warnings = [
    ...warningsOf(choice, open),
    ...cells.orphans,
    ...answers.orphans,
    ...pictures.skipped,
  ];
  const missing = missingOf(choice, open);
  const behaviors = [...new Set(groups.map(({ first }) => first.settings.behavior))].toSorted();
  const models = [...new Set(groups.map(({ first }) => first.settings.model))].toSorted();
  const page = resultsPage({
    title: options.title ?? `Steering ${models.join(", ")}: ${behaviors.join(", ")}`,
    about: `What steering vectors do to ${models.join(", ")}, measured for ${behaviors.join(", ")}. Made from ${groups.reduce((sum, group) => sum + group.cells.length, 0)} results, and ${groups.reduce((sum, group) => sum + group.controls.length, 0)} controls beside them, by caa report.`,
    findings: findings.length === 0 ? ["No test with a score was run."] : findings,
    warnings,
    missing,
    choice: choice.map((group, i) => ({ group, plots: pictures.choice[i] ?? [] })),
    open: open.map((part, i) => ({ ...part, plots: pictures.open[i] ?? [] })),
    judged,
    together: pictures.together,
    settings: settingsFacts(choice, open),
    examples: options.examples,
  });
  return { page, findings, warnings, missing };
}

/** The layer of the behavior's strongest effect on the same model, where answers were made there too; else the first. */
function exampleLayer(
  { cells, first }: Group<OpenEndedCell>,
  choice: readonly JudgedGroup[],
): number {
  const layers = distinct(cells.map(({ settings }) => settings.layer));
  const { behavior, model } = first.settings;
  const strongest = choice.find(
    ({ first: { settings }, best }) =>
      settings.type === "ab" &&
      settings.behavior === behavior &&
      settings.model === model &&
      layers.includes(best?.effect.layer ?? -1),
  );
  return strongest?.best?.effect.layer ?? layers[0] ?? 0;
}

/** @throws {CaaError} empty-selection when there is nothing at all; not-found with what is there */
async function checkThere(
  groups: ReadonlyArray<Group<OpenEndedCell> | Omit<JudgedGroup, "findings" | "best">>,
  { results, behaviors = [], models = [] }: MakeReportOptions,
  dir: string,
): Promise<void> {
  const there = {
    "--behaviors": [behaviors, groups.map(({ first }) => first.settings.behavior)],
    "--models": [models, groups.map(({ first }) => first.settings.model)],
  } as const;
  for (const [option, [wanted, found]] of Object.entries(there)) {
    const absent = wanted.find((name) => !found.includes(name));
    if (absent !== undefined) {
      const { readCells } = await import("@caa/eval");
      const all = await readCells(dir);
      const names = [
        ...new Set(
          all.map(({ settings }) => (option === "--models" ? settings.model : settings.behavior)),
        ),
      ].toSorted();
      if (all.length > 0) {
        const near = suggest(absent, names);
        const hint = names.includes(absent)
          ? " It has none with the other options."
          : near === null
            ? ""
            : ` Did you mean ${near}?`;
        const message = `${option}: expected what ${results} has results of (${names.join(", ")}), got ${JSON.stringify(absent)}.${hint}`;
        throw new CaaError("not-found", message, { facts: { absent, names } });
      }
    }
  }
  if (groups.length === 0) {
    const message = `${results}: expected results to report, got none. Make them: caa eval --type ab --model M --behaviors NAME --out ${results}`;
    throw new CaaError("empty-selection", message);
  }
}
