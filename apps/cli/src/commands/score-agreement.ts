import type { Agreement, JudgedAnswer, JudgeRun, SelfAgreement } from "@caa/scoring";
import type { Ratings } from "./score-cells.ts";

export interface RatedAnswers extends Ratings {
  readonly answers: readonly JudgedAnswer[];
}

/** Agreement of the judge with itself, with the second judge and with labels; null where there is nothing to compare. */
export async function compareRatings({
  answers,
  first,
  second,
  labels,
  seed,
}: RatedAnswers): Promise<{
  readonly self: SelfAgreement | null;
  readonly second: Agreement | null;
  readonly labels: Agreement | null;
}> {
  const { agreementOf, labelId, scoreOf, selfAgreement } = await import("@caa/scoring");
  // Answers with the same words are one item: they were judged once, and would count as agreement twice.
  const distinct = new Map(answers.map((answer) => [labelId(answer), answer]));
  const scores = (run: JudgeRun): ReadonlyMap<string, number> =>
    new Map(
      [...distinct].flatMap(([key, { id }]) => {
        const { score } = scoreOf(run.judgments.get(id) ?? []);
        return score === null ? [] : [[key, score] as const];
      }),
    );
  const rounds = Math.max(1, ...[...first.judgments.values()].map((list) => list.length));
  const ratings = Array.from({ length: rounds }, (_, repeat) =>
    [...distinct.values()].map(
      ({ id }) =>
        first.judgments.get(id)?.find((judgment) => judgment.repeat === repeat)?.score ?? null,
    ),
  );
  return {
    self: rounds < 2 ? null : selfAgreement(ratings, { seed }),
    second: second === null ? null : agreementOf(scores(first), scores(second), { seed }),
    labels: labels === null ? null : agreementOf(scores(first), labels, { seed }),
  };
}
