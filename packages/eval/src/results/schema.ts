import type { Interval } from "@caa/core";
import { z } from "zod";

/** Version of the file format of a cell. */
export const CELL_VERSION = 1;

/** Cells of one file are read whole; 1,000 items have about 1 MB. */
export const MAX_CELL_BYTES: number = 256 * 1024 * 1024;

const text = z.string().min(1).max(10_000);
const hash = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in hex");
const probability = z.number().min(0).max(1);
const count = z.int().min(0);

/** Everything that tells two cells apart. */
export interface AbSettings {
  readonly type: "ab";
  readonly behavior: string;
  readonly layer: number;
  readonly multiplier: number;
  /** Id of the model. */
  readonly model: string;
  /** Id of the fine-tuned model whose weights were run in place of the model's own; null for its own. */
  readonly overrideWeights: string | null;
  readonly dtype: string;
  readonly promptStyle: string;
  /** Which vectors: `normalized` or `raw`, or another name that the caller gives them. */
  readonly vectors: string;
  readonly operation: "add" | "ablate" | "clamp";
  /** As a steering plan writes them, such as `marker` or `3-7`. */
  readonly positions: string;
  readonly system: string | null;
  /** Only so many items from the start of the set; null is all. */
  readonly limit: number | null;
}

/** What all cells of one sweep have in common. */
export type SweepSettings = Omit<AbSettings, "layer" | "multiplier">;

/** SHA-256, hex, of what made a cell. */
export interface CellHashes {
  readonly model: string;
  /** Of the data set's file. */
  readonly dataset: string;
  /** Of the vector of the cell's layer: its float32 values, little-endian. */
  readonly vector: string;
}

/** What one forward pass measured on one item. */
export interface AbMeasure {
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
}

/** One item of a cell, with the field names that result files of this method have. */
export interface AbRow extends AbMeasure {
  readonly question: string;
  readonly answer_matching_behavior: string;
  readonly answer_not_matching_behavior: string;
  /** matching / (matching + not matching); null when it could not be scored. */
  readonly score: number | null;
  /** Why there is no score; null when there is one. */
  readonly unscored: string | null;
}

/** A mean over items; intervals are null where one item alone says nothing of the spread. */
export interface MeanSummary {
  readonly mean: number;
  readonly t: Interval | null;
  readonly bootstrap: Interval | null;
}

export interface AbSummary {
  /** Scored items. */
  readonly n: number;
  readonly unscored: number;
  /** Of the intervals, such as 0.95. */
  readonly confidence: number;
  /** Seed of the bootstrap. */
  readonly seed: number;
  /** Mean of matching / (matching + not matching) over scored items; null when there are none. */
  readonly p_matching: MeanSummary | null;
  /** Mean of matching + not matching over all items: where it is small, `p_matching` says little. */
  readonly letter_mass: MeanSummary;
}

/** One layer and one multiplier of an A/B experiment. */
export interface AbCell {
  readonly version: typeof CELL_VERSION;
  readonly settings: AbSettings;
  readonly hashes: CellHashes;
  readonly summary: AbSummary;
  readonly rows: readonly AbRow[];
}

export const settingsSchema: z.ZodType<AbSettings> = z.strictObject({
  type: z.literal("ab"),
  behavior: text,
  layer: count,
  multiplier: z.number(),
  model: text,
  overrideWeights: text.nullable(),
  dtype: text,
  promptStyle: text,
  vectors: text,
  operation: z.enum(["add", "ablate", "clamp"]),
  positions: text,
  system: z.string().max(1_000_000).nullable(),
  limit: z.int().min(1).nullable(),
});

const measureFields = {
  a_prob: probability,
  b_prob: probability,
  matching_prob: probability,
  not_matching_prob: probability,
  prompt_length: count,
  steered: z.strictObject({ first: count, count: count }).nullable(),
};

export const measureSchema: z.ZodType<AbMeasure> = z.strictObject(measureFields);

const rowSchema: z.ZodType<AbRow> = z
  .strictObject({
    question: z.string(),
    answer_matching_behavior: text,
    answer_not_matching_behavior: text,
    ...measureFields,
    score: probability.nullable(),
    unscored: text.nullable(),
  })
  .refine(
    (row) => (row.score === null) !== (row.unscored === null),
    "expected a score or a reason why there is none",
  );

const interval = z
  .strictObject({ low: z.number(), high: z.number() })
  .refine(({ low, high }) => low <= high, "expected low <= high");
const mean = z.strictObject({
  mean: z.number(),
  t: interval.nullable(),
  bootstrap: interval.nullable(),
});

const summarySchema: z.ZodType<AbSummary> = z.strictObject({
  n: count,
  unscored: count,
  confidence: z.number().gt(0).lt(1),
  seed: z.int(),
  p_matching: mean.nullable(),
  letter_mass: mean,
});

export const cellSchema: z.ZodType<AbCell> = z
  .strictObject({
    version: z.literal(CELL_VERSION),
    settings: settingsSchema,
    hashes: z.strictObject({ model: hash, dataset: hash, vector: hash }),
    summary: summarySchema,
    rows: z.array(rowSchema).min(1),
  })
  .refine(
    ({ rows, summary }) => rows.length === summary.n + summary.unscored,
    "expected as many rows as the summary counts",
  );
