import { z } from "zod";
import { MAX_TEXT_LENGTH } from "../read/limits.ts";
import { questionSchema } from "./ab-item.ts";
import { type Letter, LETTERS, parseAnswerLetter } from "./letter.ts";
import { plainLineEnds } from "./line-ends.ts";
import { splitChoices } from "./split-choices.ts";

/** A question with one right and one wrong choice: an item of TruthfulQA or MMLU in two-choice form. */
export interface ChoiceItem {
  /** The question with its choices. */
  readonly prompt: string;
  /** Trimmed, such as `(A)`. */
  readonly correct: string;
  readonly incorrect: string;
  readonly correctLetter: Letter;
  readonly incorrectLetter: Letter;
  readonly correct_full_text: string;
  readonly incorrect_full_text: string;
  readonly category: string;
}

const letter = z.string().transform((answer, context): Letter => {
  const found = parseAnswerLetter(answer);
  if (found === null) {
    const message = `expected one letter in brackets, (${LETTERS[0]}) to (${LETTERS.at(-1)}), got ${JSON.stringify(answer.slice(0, 40))}`;
    context.addIssue({ code: "custom", message });
    return z.NEVER;
  }
  return found;
});

const text = z
  .string()
  .max(MAX_TEXT_LENGTH)
  .refine((value) => value.trim() !== "", "expected a text, got blanks only");

const ROLES = ["correct", "incorrect"] as const;

export const choiceItemSchema: z.ZodType<ChoiceItem> = z
  .object({
    prompt: questionSchema,
    correct: letter,
    incorrect: letter,
    correct_full_text: text,
    // Blank five times in the published TruthfulQA.
    incorrect_full_text: z.string().max(MAX_TEXT_LENGTH),
    category: text,
  })
  .transform((raw, context) => {
    const { choices } = splitChoices(raw.prompt);
    for (const role of ROLES) {
      if (!choices.has(raw[role])) {
        const offered = [...choices.keys()].map((offer) => `(${offer})`).join(" ");
        const message = `expected a letter that the prompt offers, got (${raw[role]}); it offers ${offered || "none"}`;
        context.addIssue({ code: "custom", path: [role], message });
        continue;
      }
      // A right choice under the wrong letter would turn every score around. A text that itself has lettered lines is
      // cut at the first of them, so that its beginning has to do.
      const said = choices.get(raw[role]) ?? "";
      const full = plainLineEnds(raw[`${role}_full_text`]).trim();
      if (!full.startsWith(said)) {
        const message = `expected the text of (${raw[role]}) in the prompt, ${excerpt(said)}, got ${excerpt(full)}`;
        context.addIssue({ code: "custom", path: [`${role}_full_text`], message });
      }
    }
    if (raw.correct === raw.incorrect) {
      const message = `expected another letter than correct, got (${raw.correct}) twice`;
      context.addIssue({ code: "custom", path: ["incorrect"], message });
    }
    return {
      prompt: raw.prompt,
      correct: `(${raw.correct})`,
      incorrect: `(${raw.incorrect})`,
      correctLetter: raw.correct,
      incorrectLetter: raw.incorrect,
      correct_full_text: raw.correct_full_text,
      incorrect_full_text: raw.incorrect_full_text,
      category: raw.category,
    };
  });

function excerpt(value: string): string {
  return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}...` : value);
}
