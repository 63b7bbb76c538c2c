import type { Generation } from "@caa/core";
import { compressionRatio } from "../degeneration/compression-ratio.ts";
import { repetition } from "../degeneration/repetition.ts";
import type { AnswerMeasure, OpenEndedRow } from "../results/open-ended-cell.ts";

/** What is kept of a generation. */
export function answerOf(generation: Generation): AnswerMeasure {
  const { text, promptText, tokens, promptTokens, finishReason, steered } = generation;
  return {
    model_output: text.trim(),
    raw_model_output: promptText + text,
    tokens: tokens.length,
    finish: finishReason === "length" ? "cut-off" : "ended",
    prompt_length: promptTokens.length,
    steered: steered === null ? null : { first: steered.first, count: steered.count },
    plain_log_probability: null,
    token_ids: [...tokens],
  };
}

/** A row with the figures of its text. */
export function rowOfAnswer(question: string, measure: AnswerMeasure): OpenEndedRow {
  const { token_ids: _, ...answer } = measure;
  return {
    question,
    ...answer,
    repetition: repetition(answer.model_output),
    compression_ratio: compressionRatio(answer.model_output),
  };
}
