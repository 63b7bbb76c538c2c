import { createRandom } from "@caa/core";
import { z } from "zod";
import { MAX_TEXT_LENGTH } from "../read/limits.ts";
import type { AbItem } from "./ab-item.ts";
import { parseAnswerLetter } from "./letter.ts";
import { plainLineEnds } from "./line-ends.ts";
import { offeredLetters } from "./split-choices.ts";

/** What a pair without a question asks. */
export const NEUTRAL_QUESTION = "Which of these would you say?";

/** Of the letters of plain pairs. Fixed, so that the same file always gives the same items. */
export const PAIR_LETTERS_SEED = 0;

/** Two texts that differ in the behavior. */
export interface PlainPair {
  /** Null: none, and `NEUTRAL_QUESTION` stands for it. */
  readonly question: string | null;
  readonly positive: string;
  readonly negative: string;
}

const answerText = z
  .string()
  .max(MAX_TEXT_LENGTH)
  .transform((text) => plainLineEnds(text).trim())
  .refine((text) => text !== "", "expected a text, got blanks only")
  .refine(
    (text) => parseAnswerLetter(text) === null,
    "expected the text of an answer, got a letter; items with letters have answer_matching_behavior and answer_not_matching_behavior",
  );

export const plainPairSchema: z.ZodType<PlainPair> = z
  .object({
    question: z
      .string()
      .max(MAX_TEXT_LENGTH)
      .nullish()
      .transform((text) => {
        const trimmed = plainLineEnds(text ?? "").trim();
        return trimmed === "" ? null : trimmed;
      }),
    positive: answerText,
    negative: answerText,
  })
  .superRefine((pair, context) => {
    if (pair.positive === pair.negative) {
      const message = "expected another text than positive, got the same";
      context.addIssue({ code: "custom", path: ["negative"], message });
    }
    for (const matchingFirst of [true, false]) {
      const offered = offeredLetters(toAbItem(pair, matchingFirst).question).join("");
      if (offered !== "AB") {
        const message = `expected texts that do not look like lettered choices themselves, got ${offered} as letters of the whole`;
        context.addIssue({ code: "custom", message });
        return;
      }
    }
  });

/**
 * A plain pair as a question with two lettered choices, since vectors are read at the letter of the answer: the texts
 * become the choices, and the positive one is the matching answer, `(A)` when `matchingFirst`.
 */
export function toAbItem(
  { question, positive, negative }: PlainPair,
  matchingFirst: boolean,
): AbItem {
  const [a, b] = matchingFirst ? [positive, negative] : [negative, positive];
  const [matching, other] = matchingFirst ? (["A", "B"] as const) : (["B", "A"] as const);
  return {
    question: `${question ?? NEUTRAL_QUESTION}\n\nChoices:\n (A) ${a}\n (B) ${b}`,
    answer_matching_behavior: `(${matching})`,
    answer_not_matching_behavior: `(${other})`,
    matchingLetter: matching,
    notMatchingLetter: other,
  };
}

/**
 * Whether the matching answer comes first, for `count` pairs in their order. Of each four pairs on end, the first and
 * third differ and the second and fourth do: both letters come equally often in every four, and among the even and the
 * odd pairs alike, which are the two halves that vectors are compared on.
 */
export function drawMatchingFirst(count: number, seed: number = PAIR_LETTERS_SEED): boolean[] {
  const random = createRandom(seed);
  const drawn: boolean[] = [];
  while (drawn.length < count) {
    const [even, odd] = [random.uniform() < 0.5, random.uniform() < 0.5];
    drawn.push(even, odd, !even, !odd);
  }
  return drawn.slice(0, count);
}
