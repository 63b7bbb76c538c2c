import { z } from "zod";
import { MAX_TEXT_LENGTH } from "../read/limits.ts";
import { type Letter, LETTERS, parseAnswerLetter } from "./letter.ts";
import { plainLineEnds } from "./line-ends.ts";
import { offeredLetters } from "./split-choices.ts";

/** A question with two lettered answers: a contrast pair for vectors, or a test item. */
export interface AbItem {
  /** As in the file, with its choices; Windows line ends are plain ones. */
  readonly question: string;
  /** Trimmed, such as `(A)`. */
  readonly answer_matching_behavior: string;
  /** Trimmed, such as `(B)`. */
  readonly answer_not_matching_behavior: string;
  readonly matchingLetter: Letter;
  readonly notMatchingLetter: Letter;
}

const EXPECTED_LETTER = `one letter in brackets, (${LETTERS[0]}) to (${LETTERS.at(-1)})`;

export const questionSchema = z
  .string()
  .max(MAX_TEXT_LENGTH)
  .transform(plainLineEnds)
  .refine((text) => text.trim() !== "", "expected a text, got blanks only");

// Published files hold an answer as a text or as a list of one text.
const answerSchema = z.union(
  [
    z.string().max(MAX_TEXT_LENGTH),
    z.tuple([z.string().max(MAX_TEXT_LENGTH)]).transform(([answer]) => answer),
  ],
  `expected ${EXPECTED_LETTER}, or a list with that one text`,
);

const lettered = answerSchema.transform((answer, context): Letter => {
  const letter = parseAnswerLetter(answer);
  if (letter === null) {
    context.addIssue({
      code: "custom",
      message: `expected ${EXPECTED_LETTER}, got ${excerpt(answer)}`,
    });
    return z.NEVER;
  }
  return letter;
});

export const abItemSchema: z.ZodType<AbItem> = z
  .object({
    question: questionSchema,
    answer_matching_behavior: lettered,
    answer_not_matching_behavior: lettered,
  })
  .transform((raw, context) => {
    const offered = offeredLetters(raw.question);
    const fields = ["answer_matching_behavior", "answer_not_matching_behavior"] as const;
    for (const field of fields) {
      if (!offered.includes(raw[field])) {
        const choices =
          offered.length === 0 ? "no lettered choice" : offered.map((x) => `(${x})`).join(" ");
        const message = `expected a letter that the question offers, got (${raw[field]}); it offers ${choices}`;
        context.addIssue({ code: "custom", path: [field], message });
      }
    }
    if (raw.answer_matching_behavior === raw.answer_not_matching_behavior) {
      const message = `expected another letter than answer_matching_behavior, got (${raw.answer_matching_behavior}) twice`;
      context.addIssue({ code: "custom", path: ["answer_not_matching_behavior"], message });
    }
    return {
      question: raw.question,
      answer_matching_behavior: `(${raw.answer_matching_behavior})`,
      answer_not_matching_behavior: `(${raw.answer_not_matching_behavior})`,
      matchingLetter: raw.answer_matching_behavior,
      notMatchingLetter: raw.answer_not_matching_behavior,
    };
  });

function excerpt(text: string): string {
  return JSON.stringify(text.length > 40 ? `${text.slice(0, 40)}...` : text);
}
