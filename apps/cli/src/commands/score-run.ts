import { join, relative, resolve } from "node:path";
import { CaaError } from "@caa/core";
import { readFileLimited, writeFileAtomic } from "@caa/core/files";
import type {
  Agreement,
  InjectionProbe,
  JudgedAnswer,
  JudgeModel,
  JudgeRun,
  JudgeUsage,
  ScoreChange,
  ScoredCell,
  SelfAgreement,
} from "@caa/scoring";
import type { CliDependencies } from "../dependencies.ts";
import { startProgress } from "../output/progress.ts";
import { MAX_LABEL_BYTES } from "./score-labels.ts";
import { compareRatings } from "./score-agreement.ts";
import { scoreCells } from "./score-cells.ts";
import {
  type CellToScore,
  findRubrics,
  readCellsToScore,
  type ScoreInputOptions,
} from "./score-input.ts";
import { unusualSettings } from "../output/unusual-settings.ts";
import { type JudgeOptions, openJudges, pricesOf } from "./score-judges.ts";

export interface ScoreOptions extends ScoreInputOptions, JudgeOptions {
  readonly out?: string;
  readonly repeats: number;
  readonly labels?: string;
  readonly writeLabels?: string;
  readonly concurrency: number;
  readonly seed: number;
  readonly probe: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

/** What a judge used, with the price where it is known. */
export interface JudgeBill {
  readonly judge: string;
  readonly usage: JudgeUsage;
  readonly cost: number | null;
}

export interface ScoreResult {
  readonly cells: readonly ScoredCell[];
  /** Of the cells, in their order: whose answers they are, beside behavior, layer and multiplier; a phrase a setting. */
  readonly answersOf: ReadonlyArray<readonly string[]>;
  /** Of the cells, in their order, against multiplier 0; null at 0, and where that is not among them. */
  readonly changes: ReadonlyArray<ScoreChange | null>;
  /** Of the cells, in their order, relative to the working folder. */
  readonly files: readonly string[];
  readonly probes: readonly (InjectionProbe & { readonly judge: string })[];
  readonly agreement: {
    readonly self: SelfAgreement | null;
    readonly second: Agreement | null;
    readonly labels: Agreement | null;
  };
  readonly bills: readonly JudgeBill[];
}

/**
 * Judges the answers and writes a file of scores for each cell.
 * @throws {CaaError} as `judgeAnswers`; what was answered before is in the cache
 */
export async function scoreAnswers(
  options: ScoreOptions,
  dependencies: CliDependencies,
): Promise<ScoreResult> {
  const { cwd, stderr } = dependencies;
  const input = await readCellsToScore(options, dependencies);
  const behaviors = [...new Set(input.map(({ cell }) => cell.settings.behavior))];
  const rubrics = await findRubrics(behaviors, options, dependencies);
  const labels = await readLabelFile(options.labels, cwd);
  const judges = await openJudges(options, dependencies, { needsKey: true });
  const models = judges.second === null ? [judges.first] : [judges.first, judges.second];
  const prices = [pricesOf(options, "first"), pricesOf(options, "second")];
  const answers = input.flatMap((cell) => cell.answers);
  stderr.write(
    `${answers.length} answers in ${input.length} cells, judged ${options.repeats} times by ${models.map(({ name, baseUrl }) => `${name} at ${baseUrl}`).join(" and by ")}\n`,
  );
  const { costOf, scoreChange } = await import("@caa/scoring");
  const runs: JudgeRun[] = [];
  const probes: ScoreResult["probes"][number][] = [];
  const bills: JudgeBill[] = [];
  for (const [index, judge] of models.entries()) {
    const asked = await askJudge(
      judge,
      { answers, rubrics, behaviors, cache: judges.cache },
      options,
      dependencies,
    );
    runs.push(asked.run);
    probes.push(...asked.probes.map((probe) => ({ ...probe, judge: judge.name })));
    const price = prices[index] ?? null;
    bills.push({
      judge: judge.name,
      usage: asked.usage,
      cost: price === null ? null : costOf(asked.usage, price),
    });
  }
  const [first, second = null] = runs;
  if (first === undefined) {
    throw new CaaError("empty-selection", "score: expected a judge, got none");
  }
  const rated = { answers, first, second, labels, seed: options.seed };
  const cells = await scoreCells(input, rated, { rubrics, models, repeats: options.repeats });
  const files = await writeCells(input, cells, options, cwd);
  const changes = cells.map((cell) => scoreChange(cell, 0, cells));
  const answersOf = input.map(({ cell: { settings } }) => [
    settings.model,
    `${settings.vectors} vectors`,
    ...unusualSettings(settings),
  ]);
  return {
    cells,
    answersOf,
    changes,
    files,
    probes,
    agreement: await compareRatings(rated),
    bills,
  };
}

/** Says so, by the exit code too, when answers are left for another run. @throws {CaaError} request-failed */
export function failWhereRequestsFailed({ bills }: ScoreResult): void {
  const failed = bills.reduce((sum, { usage }) => sum + usage.failed, 0);
  if (failed > 0) {
    const message = `score: expected a reply to every request, got none to ${failed}; those answers have no score, and the same command asks for them again`;
    throw new CaaError("request-failed", message, { facts: { failed } });
  }
}

interface Questions {
  readonly answers: readonly JudgedAnswer[];
  readonly rubrics: ReadonlyMap<string, string>;
  readonly behaviors: readonly string[];
  readonly cache: Awaited<ReturnType<typeof openJudges>>["cache"];
}

async function askJudge(
  judge: JudgeModel,
  { behaviors, ...questions }: Questions,
  options: ScoreOptions,
  dependencies: CliDependencies,
): Promise<{
  readonly run: JudgeRun;
  readonly probes: readonly InjectionProbe[];
  readonly usage: JudgeUsage;
}> {
  const { judgeAnswers, probeInjection } = await import("@caa/scoring");
  const { concurrency, seed, repeats } = options;
  const common = { ...questions, judge, concurrency, seed, signal: dependencies.signal };
  const progress = startProgress(dependencies, judge.name, "replies");
  try {
    const probed = options.probe
      ? await probeInjection({ ...common, behaviors })
      : { probes: [], usage: [] };
    const run = await judgeAnswers({
      ...common,
      repeats,
      onProgress: ({ done, total }) => progress.update(done, total),
    });
    return { run, probes: probed.probes, usage: [...probed.usage, run.usage].reduce(addUsage) };
  } catch (error) {
    const kept = relative(dependencies.cwd, questions.cache.dir);
    dependencies.stderr.write(
      `replies that came are kept in ${kept}; the same command goes on from there and pays none twice\n`,
    );
    throw error;
  } finally {
    progress.end();
  }
}

function addUsage(a: JudgeUsage, b: JudgeUsage): JudgeUsage {
  return {
    requests: a.requests + b.requests,
    cached: a.cached + b.cached,
    failed: a.failed + b.failed,
    inputTokens: a.inputTokens + b.inputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    uncounted: a.uncounted + b.uncounted,
  };
}

async function readLabelFile(
  file: string | undefined,
  cwd: string,
): Promise<ReadonlyMap<string, number> | null> {
  if (file === undefined) {
    return null;
  }
  const { readLabels } = await import("@caa/scoring");
  const bytes = await readFileLimited(resolve(cwd, file), MAX_LABEL_BYTES);
  return readLabels(new TextDecoder("utf-8").decode(bytes), file);
}

/** Under the names of the cells' own files. */
async function writeCells(
  input: readonly CellToScore[],
  cells: readonly ScoredCell[],
  { results, out }: ScoreOptions,
  cwd: string,
): Promise<readonly string[]> {
  const { ResultStore } = await import("@caa/eval");
  const store = new ResultStore(resolve(cwd, results));
  const folder = out === undefined ? join(store.dir, "open_ended_scores") : resolve(cwd, out);
  const files: string[] = [];
  for (const [index, { cell }] of input.entries()) {
    const path = join(
      folder,
      relative(join(store.dir, cell.settings.type), store.path(cell.settings)),
    );
    await writeFileAtomic(path, `${JSON.stringify(cells[index], null, 2)}\n`);
    files.push(relative(cwd, path));
  }
  return files;
}
