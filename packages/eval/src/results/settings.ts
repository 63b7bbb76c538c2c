import { z } from "zod";

/** Tests in which the model chooses between two lettered answers. */
export const CHOICE_TYPES = ["ab", "mmlu", "truthful_qa"] as const;
export type ChoiceType = (typeof CHOICE_TYPES)[number];

/** All tests, as folders of results and `type` name them. */
export const CELL_TYPES = [...CHOICE_TYPES, "open_ended"] as const;
export type CellType = (typeof CELL_TYPES)[number];

/** What cells of every type have in common: with `type`, everything that tells two of them apart. */
export interface CommonSettings {
  /** Of the vectors; in `ab` and `open_ended` of the items too. */
  readonly behavior: string;
  /** At which the vectors act. */
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
  /** The layer whose vector was used at `layer`; null where each layer has its own. */
  readonly overrideVector: number | null;
  /** Id of the model that the vectors were made on; null for the model itself. */
  readonly overrideVectorModel: string | null;
  readonly operation: "add" | "ablate" | "clamp";
  /** As a steering plan writes them, such as `marker` or `3-7`. */
  readonly positions: string;
  /** The system prompt of every item; null without one. */
  readonly system: string | null;
  /** Which of the behavior's own two system prompts that is: `pos` asks for the behavior. Null for none or another. */
  readonly systemPrompt: "pos" | "neg" | null;
  /** Only so many items from the start of the set; null is all. */
  readonly limit: number | null;
}

export interface ChoiceSettings extends CommonSettings {
  readonly type: ChoiceType;
}

export interface OpenEndedSettings extends CommonSettings {
  readonly type: "open_ended";
  /** Answers are greedy, and cut off there. */
  readonly maxNewTokens: number;
}

export type CellSettings = ChoiceSettings | OpenEndedSettings;

/** What all cells of one sweep have in common. */
export type SweepSettings<Settings extends CommonSettings = CellSettings> =
  Settings extends CommonSettings ? Omit<Settings, "layer" | "multiplier"> : never;

/** SHA-256, hex, of what made a cell. */
export interface CellHashes {
  readonly model: string;
  /** Of the data set's file. */
  readonly dataset: string;
  /** Of the vector that acts at the cell's layer: its float32 values, little-endian. */
  readonly vector: string;
}

export const text: z.ZodString = z.string().min(1).max(10_000);
export const count: z.ZodInt = z.int().min(0);
const hash = z.string().regex(/^[0-9a-f]{64}$/, "expected a SHA-256 in hex");

// The settings that have a default came later: files of before are read as what they were.
const common = {
  behavior: text,
  layer: count,
  multiplier: z.number(),
  model: text,
  overrideWeights: text.nullable(),
  dtype: text,
  promptStyle: text,
  vectors: text,
  overrideVector: count.nullable().default(null),
  overrideVectorModel: text.nullable().default(null),
  operation: z.enum(["add", "ablate", "clamp"]),
  positions: text,
  system: z.string().max(1_000_000).nullable(),
  systemPrompt: z.enum(["pos", "neg"]).nullable().default(null),
  limit: z.int().min(1).nullable(),
};

export const choiceSettingsSchema: z.ZodType<ChoiceSettings> = z.strictObject({
  type: z.enum(CHOICE_TYPES),
  ...common,
});

export const openEndedSettingsSchema: z.ZodType<OpenEndedSettings> = z.strictObject({
  type: z.literal("open_ended"),
  ...common,
  maxNewTokens: z.int().min(1),
});

export const hashesSchema: z.ZodType<CellHashes> = z.strictObject({
  model: hash,
  dataset: hash,
  vector: hash,
});
