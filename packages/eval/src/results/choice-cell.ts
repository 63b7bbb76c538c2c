import { z } from "zod";
import {
  type CellHashes,
  type ChoiceSettings,
  choiceSettingsSchema,
  count,
  hashesSchema,
  text,
} from "./settings.ts";
import {
  commonSummary,
  type CommonSummary,
  meanSchema,
  type MeanSummary,
} from "./summary-schema.ts";
import { CELL_VERSION } from "./version.ts";

/** What one forward pass measured on one item. */
export interface ChoiceMeasure {
  /** Next-token probability of the letter A: full-vocabulary softmax. */
  readonly a_prob: number;
  readonly b_prob: number;
  /** Of the item's own two letters. */
  readonly matching_prob: number;
  readonly not_matching_prob: number;
  /** In tokens, up to where the answers part. */
  readonly prompt_length: number;
  /** Which prompt tokens were steered; null for the plain model. */
  readonly steered: { readonly first: number; readonly count: number } | null;
  /**
   * `||m v|| / ||h||`, mean over the steered prompt tokens, h the plain model's residual stream at the layer; null for the
   * plain model, for operations that do not add, and where the model did not tell.
   */
  readonly relative_dose: number | null;
}

/**
 * One item of a cell, with the field names that result files of this method have. In `mmlu` and `truthful_qa` the matching
 * answer is the correct one.
 */
export interface ChoiceRow extends ChoiceMeasure {
  readonly question: string;
  readonly answer_matching_behavior: string;
  readonly answer_not_matching_behavior: string;
  /** Of `mmlu` and `truthful_qa`; null in `ab`. */
  readonly category: string | null;
  /** matching / (matching + not matching); null when it could not be scored. */
  readonly score: number | null;
  /** Why there is no score; null when there is one. */
  readonly unscored: string | null;
}

/** The mean score of one category. */
export interface CategoryMean {
  readonly category: string;
  /** Scored items. */
  readonly n: number;
  readonly mean: number;
}

/** `n` are the scored items. */
export interface ChoiceSummary extends CommonSummary {
  readonly unscored: number;
  /**
   * Mean of matching / (matching + not matching) over scored items, in types with categories the mean of their means; null
   * when there are none.
   */
  readonly p_matching: MeanSummary | null;
  /** Mean of matching + not matching over all items: where it is small, `p_matching` says little. */
  readonly letter_mass: MeanSummary;
  /** Mean of `relative_dose` over the items that have it; null when none has. */
  readonly relative_dose: MeanSummary | null;
  /** By name; null in `ab`. */
  readonly categories: readonly CategoryMean[] | null;
}

/** One layer and one multiplier of a test with two lettered answers. */
export interface ChoiceCell {
  readonly version: typeof CELL_VERSION;
  readonly settings: ChoiceSettings;
  readonly hashes: CellHashes;
  readonly summary: ChoiceSummary;
  readonly rows: readonly ChoiceRow[];
}

/** One of type `ab`. */
export type AbCell = ChoiceCell;

const probability = z.number().min(0).max(1);
export const spanSchema = z.strictObject({ first: count, count: count }).nullable();

const measureFields = {
  a_prob: probability,
  b_prob: probability,
  matching_prob: probability,
  not_matching_prob: probability,
  prompt_length: count,
  steered: spanSchema,
  relative_dose: z.number().min(0).nullable().default(null), // came later
};

export const choiceMeasureSchema: z.ZodType<ChoiceMeasure> = z.strictObject(measureFields);

const rowSchema: z.ZodType<ChoiceRow> = z
  .strictObject({
    question: z.string(),
    answer_matching_behavior: text,
    answer_not_matching_behavior: text,
    category: z.string().nullable().default(null),
    ...measureFields,
    score: probability.nullable(),
    unscored: text.nullable(),
  })
  .refine(
    (row) => (row.score === null) !== (row.unscored === null),
    "expected a score or a reason why there is none",
  );

const summarySchema: z.ZodType<ChoiceSummary> = z.strictObject({
  ...commonSummary,
  unscored: count,
  p_matching: meanSchema.nullable(),
  letter_mass: meanSchema,
  relative_dose: meanSchema.nullable().default(null),
  categories: z
    .array(z.strictObject({ category: z.string(), n: z.int().min(1), mean: probability }))
    .nullable()
    .default(null),
});

export const choiceCellSchema: z.ZodType<ChoiceCell> = z
  .strictObject({
    version: z.literal(CELL_VERSION),
    settings: choiceSettingsSchema,
    hashes: hashesSchema,
    summary: summarySchema,
    rows: z.array(rowSchema).min(1),
  })
  .refine(
    ({ rows, summary }) => rows.length === summary.n + summary.unscored,
    "expected as many rows as the summary counts",
  );
