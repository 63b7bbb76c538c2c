import type { Prompts } from "../../model/open-prompts.ts";
import { encodeChoice } from "../../prompt/encode-choice.ts";

/** A question, the answer that is taught, and the other one. */
export interface AnswerItem {
  readonly user: string;
  readonly system?: string | undefined;
  /** Such as `(A)`. */
  readonly target: string;
  /** Such as `(B)`. */
  readonly other: string;
}

/** The prompt up to where the two answers part, and the two tokens between which the model chooses there. */
export interface EncodedAnswer {
  readonly ids: readonly number[];
  readonly target: number;
  readonly other: number;
}

/** @throws {CaaError} as `encodeChoice` */
export function encodeAnswers(
  { tokenizer, format }: Prompts,
  items: readonly AnswerItem[],
): readonly EncodedAnswer[] {
  return items.map(({ user, system, target, other }) => {
    const choice = encodeChoice(tokenizer, format, {
      user,
      answers: [target, other],
      ...(system === undefined ? {} : { system }),
    });
    const [first = 0, second = 0] = choice.answerTokens;
    return { ids: choice.ids, target: first, other: second };
  });
}
