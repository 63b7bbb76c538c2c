import { CaaError, type ChoiceResult } from "@caa/core";
import type { ChoiceMeasure, ChoiceRow } from "../results/choice-cell.ts";
import type { ChoiceQuestion } from "./question.ts";

/** The answers that the model is asked about: A and B for every item, and the item's own two letters. */
export function answersOf(item: ChoiceQuestion): readonly string[] {
  return [
    ...new Set(["(A)", "(B)", item.answer_matching_behavior, item.answer_not_matching_behavior]),
  ];
}

/** The figures of one item from the probabilities of `answersOf`. @throws {CaaError} invalid-data when they are no probabilities */
export function measureOf(item: ChoiceQuestion, result: ChoiceResult): ChoiceMeasure {
  const answers = answersOf(item);
  const probability = (answer: string): number => {
    const value = result.probabilities[answers.indexOf(answer)];
    if (value === undefined || !(value >= 0 && value <= 1 + 1e-6)) {
      throw new CaaError(
        "invalid-data",
        `probability of ${answer}: expected a number in [0, 1], got ${value}`,
        {
          facts: { answer, question: item.question },
        },
      );
    }
    return Math.min(value, 1); // a sum in float32 may end a rounding above
  };
  return {
    a_prob: probability("(A)"),
    b_prob: probability("(B)"),
    matching_prob: probability(item.answer_matching_behavior),
    not_matching_prob: probability(item.answer_not_matching_behavior),
    prompt_length: result.promptLength,
    steered:
      result.steered === null ? null : { first: result.steered.first, count: result.steered.count },
    relative_dose: result.relativeDose ?? null,
  };
}

/** A row with its score, `matching / (matching + not matching)`, or the reason why there is none. */
export function rowOf(item: ChoiceQuestion, measure: ChoiceMeasure): ChoiceRow {
  const mass = measure.matching_prob + measure.not_matching_prob;
  return {
    question: item.question,
    answer_matching_behavior: item.answer_matching_behavior,
    answer_not_matching_behavior: item.answer_not_matching_behavior,
    category: item.category ?? null,
    ...measure,
    score: mass > 0 ? measure.matching_prob / mass : null,
    unscored: mass > 0 ? null : "the model gives both answers probability 0",
  };
}
