import type { Random } from "@caa/core";
import { type ChoiceItem, choiceItemSchema } from "../items/choice-item.ts";

/** The fields of a two-choice item, in their order in a file. */
export type TwoChoiceItem = Omit<ChoiceItem, "correctLetter" | "incorrectLetter">;

export interface TwoChoiceQuestion {
  readonly question: string;
  readonly correct: string;
  /** Wrong choices, of which one is drawn; blank ones and copies of the right one are not. */
  readonly wrong: readonly string[];
  readonly category: string;
}

/**
 * Puts a question in two-choice form: one wrong choice is drawn, then the letter of the right one.
 * Null where there is no wrong choice to draw, the right one is blank, or a text looks like choices itself.
 */
export function toTwoChoice(
  { question, correct, wrong, category }: TwoChoiceQuestion,
  random: Random,
): TwoChoiceItem | null {
  const right = correct.trim();
  const others = wrong.map((text) => text.trim()).filter((text) => text !== "" && text !== right);
  if (right === "" || others.length === 0) {
    return null;
  }
  const drawn = others[random.integer(others.length)] ?? "";
  const rightIsA = random.uniform() < 0.5;
  const [a, b] = rightIsA ? [right, drawn] : [drawn, right];
  const item = {
    prompt: `${question.trim()}\n\nChoices:\n(A) ${a}\n(B) ${b}`,
    correct: rightIsA ? "(A)" : "(B)",
    incorrect: rightIsA ? "(B)" : "(A)",
    correct_full_text: right,
    incorrect_full_text: drawn,
    category,
  };
  return choiceItemSchema.safeParse(item).success ? item : null;
}
