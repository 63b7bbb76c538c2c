import { z } from "zod";
import { spanSchema } from "./choice-cell.ts";
import {
  type CellHashes,
  count,
  hashesSchema,
  type OpenEndedSettings,
  openEndedSettingsSchema,
} from "./settings.ts";
import {
  commonSummary,
  type CommonSummary,
  meanSchema,
  type MeanSummary,
} from "./summary-schema.ts";
import { CELL_VERSION } from "./version.ts";

/** What the model answered to one question. */
export interface OpenEndedAnswer {
  /** The text after the instruction, without blanks around it. */
  readonly model_output: string;
  /** The whole text: the prompt in the model's format, then the answer. */
  readonly raw_model_output: string;
  /** Length of the answer, in tokens. */
  readonly tokens: number;
  /** The model ended the answer itself, or it was cut off at `maxNewTokens`. */
  readonly finish: "ended" | "cut-off";
  /** In tokens. */
  readonly prompt_length: number;
  /** Which prompt tokens were steered; generated ones follow the same rule. Null for the plain model. */
  readonly steered: { readonly first: number; readonly count: number } | null;
  /**
   * Mean log-probability (nats) of the answer's tokens under the model without steering, after the same prompt; null where
   * it was not measured or the answer has no token.
   */
  readonly plain_log_probability: number | null;
}

/** An answer as unfinished cells keep it. */
export interface AnswerMeasure extends OpenEndedAnswer {
  /** The answer's tokens, so that their probabilities can be measured after the text was made. */
  readonly token_ids: readonly number[];
}

/** How worn an answer's text is, measured without a judge. */
export interface DegenerationFigures {
  /** Share of the answer's 4-grams of words that stood in it before; null for fewer than 4 words. */
  readonly repetition: number | null;
  /** Bytes of the answer after deflate over bytes before; null for an empty answer. */
  readonly compression_ratio: number | null;
}

/** One question of a cell, with the field names that result files of this method have. */
export interface OpenEndedRow extends OpenEndedAnswer, DegenerationFigures {
  readonly question: string;
}

/** `n` are all questions; the means of a figure are over the answers that have it. */
export interface OpenEndedSummary extends CommonSummary {
  /** Answers that were cut off. */
  readonly cut_off: number;
  /** In tokens. */
  readonly tokens: MeanSummary;
  readonly repetition: MeanSummary | null;
  readonly compression_ratio: MeanSummary | null;
  /** `exp(-mean of plain_log_probability over answers)`, its interval likewise. */
  readonly perplexity: MeanSummary | null;
}

/** One layer and one multiplier of open-ended questions. */
export interface OpenEndedCell {
  readonly version: typeof CELL_VERSION;
  readonly settings: OpenEndedSettings;
  readonly hashes: CellHashes;
  readonly summary: OpenEndedSummary;
  readonly rows: readonly OpenEndedRow[];
}

const answerFields = {
  model_output: z.string(),
  raw_model_output: z.string(),
  tokens: count,
  finish: z.enum(["ended", "cut-off"]),
  prompt_length: count,
  steered: spanSchema,
  plain_log_probability: z.number().max(0).nullable(),
};

export const answerMeasureSchema: z.ZodType<AnswerMeasure> = z.strictObject({
  ...answerFields,
  token_ids: z.array(count).readonly(),
});

export const openEndedRowSchema: z.ZodType<OpenEndedRow> = z.strictObject({
  question: z.string(),
  ...answerFields,
  repetition: z.number().min(0).max(1).nullable(),
  compression_ratio: z.number().min(0).nullable(),
});

export const openEndedCellSchema: z.ZodType<OpenEndedCell> = z
  .strictObject({
    version: z.literal(CELL_VERSION),
    settings: openEndedSettingsSchema,
    hashes: hashesSchema,
    summary: z.strictObject({
      ...commonSummary,
      cut_off: count,
      tokens: meanSchema,
      repetition: meanSchema.nullable(),
      compression_ratio: meanSchema.nullable(),
      perplexity: meanSchema.nullable(),
    }),
    rows: z.array(openEndedRowSchema).min(1),
  })
  .refine(
    ({ rows, summary }) => rows.length === summary.n,
    "expected as many rows as the summary counts",
  );
