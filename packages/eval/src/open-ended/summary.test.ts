import { describe, expect, it } from "vitest";
import type { OpenEndedRow } from "../results/open-ended-cell.ts";
import { summarizeAnswers } from "./summary.ts";

/** A made-up answer: no measurement. */
const row = (part: Partial<OpenEndedRow>): OpenEndedRow => ({
  question: "Shall we go?",
  model_output: "Yes.",
  raw_model_output: "Yes.",
  tokens: 4,
  finish: "ended",
  prompt_length: 8,
  steered: { first: 7, count: 1 },
  plain_log_probability: -1,
  repetition: 0,
  compression_ratio: 1,
  ...part,
});

describe("summarizeAnswers", () => {
  it("has no interval that goes where a figure cannot be, of two answers either", () => {
    const { repetition, perplexity, tokens, compression_ratio } = summarizeAnswers(
      [
        row({ repetition: 0.1, plain_log_probability: -0.5, tokens: 3, compression_ratio: 0.4 }),
        row({ repetition: 0.8, plain_log_probability: -2, tokens: 40, compression_ratio: 1.3 }),
      ],
      0,
    );
    expect(repetition?.bootstrap).toEqual({ low: 0, high: 1 });
    expect(perplexity?.mean).toBeCloseTo(Math.exp(1.25), 12);
    expect(perplexity?.bootstrap?.low).toBe(1); // no token is likelier than 1
    expect(tokens.bootstrap?.low).toBe(0);
    expect(compression_ratio?.bootstrap?.low).toBe(0);
  });
});
