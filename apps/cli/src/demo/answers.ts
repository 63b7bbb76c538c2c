import type { SteerableModel, SteeringVectors } from "@caa/core";
import { type AnswerSide, builtInItems, classifyAnswer, parseBehaviorName } from "@caa/datasets";
import type { CliDependencies } from "../dependencies.ts";
import { startProgress } from "../output/progress.ts";
import { ANSWERED } from "./plan.ts";

/** One question, answered at each of the multipliers. */
export interface SteeredAnswers {
  readonly question: string;
  readonly answers: ReadonlyArray<{
    readonly multiplier: number;
    readonly text: string;
    /** Which of the grammar's two answers it is; null for neither. */
    readonly side: AnswerSide | null;
  }>;
}

export interface AnswerOptions {
  readonly model: SteerableModel;
  readonly vectors: SteeringVectors;
  readonly layer: number;
  readonly questions: number;
  readonly maxNewTokens: number;
}

/** The first open-ended questions of the vectors' behavior, each answered at -1, 0 and +1 by the likeliest tokens. */
export async function answerQuestions(
  { model, vectors, layer, questions, maxNewTokens }: AnswerOptions,
  dependencies: CliDependencies,
): Promise<readonly SteeredAnswers[]> {
  const { behavior } = vectors;
  const items = builtInItems(parseBehaviorName(behavior))["test-open-ended"].slice(0, questions);
  const step = (multiplier: number) => ({
    name: behavior,
    layer,
    vector: vectors.vector(layer),
    multiplier,
    operation: "add" as const,
    positions: "marker" as const,
  });
  const requests = items.flatMap(({ stem }) =>
    ANSWERED.map((multiplier) => ({
      prompt: { user: stem },
      steering: multiplier === 0 ? [] : [step(multiplier)],
    })),
  );
  const progress = startProgress(dependencies, "answers", "");
  progress.update(0, 1);
  try {
    const made = await model.generate(requests, { maxNewTokens, signal: dependencies.signal });
    return items.map((item, i) => ({
      question: item.stem,
      answers: ANSWERED.map((multiplier, k) => {
        const text = (made[i * ANSWERED.length + k]?.text ?? "").trim();
        return { multiplier, text, side: classifyAnswer(item, text) };
      }),
    }));
  } finally {
    progress.end();
  }
}

/** How many of the questions are answered against the behavior at the lowest multiplier and with it at the highest. */
export function countTurned(answers: readonly SteeredAnswers[]): number {
  return answers.filter(
    ({ answers: sides }) => sides[0]?.side === "not-matching" && sides.at(-1)?.side === "matching",
  ).length;
}

/** Such as `at -1: other side`. */
export function describeSide(side: AnswerSide | null): string {
  return side === null ? "neither side" : side === "matching" ? "matching" : "not matching";
}
