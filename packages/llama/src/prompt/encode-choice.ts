import { CaaError } from "@caa/core";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import { encodePrompt } from "./encode-prompt.ts";
import type { PromptFormat } from "./prompt-style.ts";
import type { PromptParts } from "./prompt-text.ts";

export interface EncodedChoice {
  /** What all answers share, up to the first token that differs: BOS, instruction, and the answers' common start. */
  readonly ids: readonly number[];
  /** The first token that differs, one an answer; its index in that answer's sequence is `ids.length`. */
  readonly answerTokens: readonly number[];
  /** Index of the token that holds the last character of the end-of-instruction marker. */
  readonly markerIndex: number;
}

/**
 * Finds the tokens between which a model chooses, by encoding every full text: `A` and `B` after `(`, or `(A` and `(B`
 * where the tokenizer merges them.
 *
 * @throws {CaaError} `invalid-argument` for fewer than two answers, an empty one, or two that part in no token or in the
 *   same one; `marker-not-found` and `unsupported` as in `encodePrompt`
 */
export function encodeChoice(
  tokenizer: Pick<Tokenizer, "encode" | "bytes" | "applyChatTemplate" | "bosId">,
  format: PromptFormat,
  { user, system, answers }: Omit<PromptParts, "answer"> & { readonly answers: readonly string[] },
): EncodedChoice {
  if (answers.length < 2 || answers.some((answer) => answer.trim() === "")) {
    throw invalid("expected two or more answers that are not empty", answers);
  }
  const encoded = answers.map((answer) =>
    encodePrompt(tokenizer, format, { user, answer, ...(system === undefined ? {} : { system }) }),
  );
  const [first] = encoded;
  if (first === undefined) {
    throw invalid("expected answers", answers);
  }
  let length = 0;
  while (
    length < first.ids.length &&
    encoded.every(({ ids }) => ids[length] === first.ids[length])
  ) {
    length++;
  }
  const answerTokens = encoded.flatMap(({ ids }) => ids[length] ?? []);
  if (answerTokens.length < answers.length || new Set(answerTokens).size < answers.length) {
    throw invalid(
      "expected every answer to part from the others in the same token, they do not",
      answers,
    );
  }
  return { ids: first.ids.slice(0, length), answerTokens, markerIndex: first.markerIndex };
}

function invalid(what: string, answers: readonly string[]): CaaError {
  return new CaaError("invalid-argument", `answers: ${what}, got ${JSON.stringify(answers)}`, {
    facts: { answers },
  });
}
