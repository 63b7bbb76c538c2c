import type { Estimate, JudgeModel } from "@caa/scoring";
import type { CliDependencies } from "../dependencies.ts";
import { findRubrics, readCellsToScore } from "./score-input.ts";
import { openJudges, pricesOf } from "./score-judges.ts";
import type { ScoreOptions } from "./score-run.ts";

/** What a judge would take. */
export interface JudgeEstimate extends Estimate {
  readonly judge: string;
  /** Null without prices. */
  readonly cost: number | null;
}

export interface ScoringEstimate {
  readonly answers: number;
  readonly cells: number;
  readonly judges: readonly JudgeEstimate[];
}

/** Tokens and cost of a run, without asking anyone; needs no key. @throws {CaaError} as `scoreAnswers` before it asks */
export async function estimateScoring(
  options: ScoreOptions,
  dependencies: CliDependencies,
): Promise<ScoringEstimate> {
  const { costOf, estimateProbe, estimateRequests } = await import("@caa/scoring");
  const input = await readCellsToScore(options, dependencies);
  const behaviors = [...new Set(input.map(({ cell }) => cell.settings.behavior))];
  const rubrics = await findRubrics(behaviors, options, dependencies);
  const judges = await openJudges(options, dependencies, { needsKey: false });
  const answers = input.flatMap((cell) => cell.answers);
  const { seed, repeats } = options;
  const estimate = async (judge: JudgeModel, which: "first" | "second"): Promise<JudgeEstimate> => {
    const common = { judge, rubrics, seed, cache: judges.cache };
    const run = await estimateRequests({ ...common, answers, repeats });
    const probe = options.probe ? await estimateProbe({ ...common, behaviors }) : null;
    const sum = (key: keyof Estimate): number => run[key] + (probe?.[key] ?? 0);
    const total = {
      requests: sum("requests"),
      cached: sum("cached"),
      inputTokens: sum("inputTokens"),
      outputTokens: sum("outputTokens"),
    };
    const prices = pricesOf(options, which);
    return { judge: judge.name, ...total, cost: prices === null ? null : costOf(total, prices) };
  };
  return {
    answers: answers.length,
    cells: input.length,
    judges: [
      await estimate(judges.first, "first"),
      ...(judges.second === null ? [] : [await estimate(judges.second, "second")]),
    ],
  };
}
