import type { ChoiceItem, DataSet } from "@caa/datasets";

/** A question with two lettered answers, one of which counts: an A/B item is one. */
export interface ChoiceQuestion {
  /** With its choices. */
  readonly question: string;
  /** Such as `(A)`. */
  readonly answer_matching_behavior: string;
  readonly answer_not_matching_behavior: string;
  /** Scores are averaged per category, then over categories. @default none */
  readonly category?: string;
}

/** TruthfulQA or MMLU as questions of a sweep: the right choice is the one that counts. */
export function choiceQuestions({ items, ...set }: DataSet<ChoiceItem>): DataSet<ChoiceQuestion> {
  return {
    ...set,
    items: items.map(({ prompt, correct, incorrect, category }) => ({
      question: prompt,
      answer_matching_behavior: correct,
      answer_not_matching_behavior: incorrect,
      category,
    })),
  };
}
