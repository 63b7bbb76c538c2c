import { z } from "zod";
import type { JudgedReliability } from "./judge-reliability.ts";
import { type GuardCheck, type GuardLimits, GUARDS } from "./guard.ts";
import type { GridCell } from "./grid.ts";
import { type MeanSummary, meanSchema } from "../results/summary-schema.ts";
import { count, text } from "../results/settings.ts";
import { type Refusal, REFUSALS } from "./verdict.ts";

export const TUNE_VERSION = 1;

/** What a tuning was asked for. */
export interface TuneSettings {
  readonly behavior: string;
  readonly model: string;
  readonly dtype: string;
  readonly promptStyle: string;
  /** `raw`, `normalized`, or another name of the caller's. */
  readonly vectors: string;
  /** As a steering plan writes them. */
  readonly positions: string;
  readonly layers: readonly number[];
  readonly multipliers: readonly number[];
  /** How many random directions. */
  readonly controls: number;
  readonly minGain: number;
  readonly maxCandidates: number;
  readonly limits: GuardLimits;
  /** Of open-ended answers, in tokens. */
  readonly maxNewTokens: number;
  /** At most so many of each. */
  readonly openEndedItems: number;
  readonly mmluItems: number;
  /** Of the split, the samples and the bootstrap. */
  readonly seed: number;
}

/** A cell that the guard was asked about. */
export interface TriedCandidate {
  readonly layer: number;
  readonly multiplier: number;
  /** Up to the first that failed. */
  readonly checks: readonly GuardCheck[];
  readonly passed: boolean;
}

/** A random direction that went through the same choice. */
export interface TuneControl {
  readonly name: string;
  /** At which it moves the items that were chosen on the most. */
  readonly layer: number;
  /** Mean change of p(matching) there on the items that were kept back. */
  readonly change: number;
}

/** The choice on the items that were kept back. */
export interface TuneReport {
  readonly n: number;
  readonly gain: MeanSummary;
  /** p(matching) without steering, and with it. */
  readonly plain: MeanSummary | null;
  readonly steered: MeanSummary | null;
  readonly letterMass: MeanSummary;
  readonly dose: number | null;
  readonly controls: readonly TuneControl[];
  /** How often a direction that is no better than random ones comes so far. */
  readonly chance: number;
}

/** What a tuning found, as its file keeps it. */
export interface TuneResult {
  readonly version: typeof TUNE_VERSION;
  readonly settings: TuneSettings;
  /** SHA-256 of what made it; null for what was not there. */
  readonly hashes: {
    readonly model: string;
    /** Of the test items. */
    readonly dataset: string;
    /** Null for vectors that were never saved. */
    readonly vectors: string | null;
    readonly harmless: string | null;
    readonly openEnded: string | null;
    readonly mmlu: string | null;
  };
  /** How many test items were chosen on, and how many kept back; 0 where nothing was run. */
  readonly items: {
    readonly choose: number;
    readonly report: number;
    /** How many ask what a contrast pair of the vectors asks; null where that is not known. */
    readonly leftOut: number | null;
  };
  /** Of the layers that were asked for. */
  readonly reliability: readonly JudgedReliability[];
  /** Of the reliable layers, on the items that were chosen on. */
  readonly grid: readonly GridCell[];
  readonly candidates: readonly TriedCandidate[];
  /** With the plan that applies it, such as `sycophancy:13:1`; null when no cell was fit to be measured on the rest. */
  readonly chosen: {
    readonly layer: number;
    readonly multiplier: number;
    readonly plan: string;
  } | null;
  readonly report: TuneReport | null;
  /** Empty when the choice is recommended. */
  readonly refusals: readonly Refusal[];
}

const number = z.number();
const place = { layer: count, multiplier: number };
const chance = z.strictObject({ low: number, mean: number, high: number, n: count }).nullable();
const hash = z.string();

const settings: z.ZodType<TuneSettings> = z.strictObject({
  behavior: text,
  model: text,
  dtype: text,
  promptStyle: text,
  vectors: text,
  positions: text,
  layers: z.array(count),
  multipliers: z.array(number),
  controls: count,
  minGain: number,
  maxCandidates: count,
  limits: z.strictObject({
    letterMass: number,
    divergence: number,
    perplexityRatio: number,
    repetitionRise: number,
    mmluDrop: number,
  }),
  maxNewTokens: count,
  openEndedItems: count,
  mmluItems: count,
  seed: z.int(),
});

const reliability: z.ZodType<JudgedReliability> = z.strictObject({
  layer: count,
  norm: number,
  normChance: chance,
  splitHalf: number.nullable(),
  splitHalfChance: chance,
  wholeSet: number.nullable(),
  reliable: z.boolean().nullable(),
});

const cell: z.ZodType<GridCell> = z.strictObject({
  ...place,
  n: count,
  gain: meanSchema.nullable(),
  letterMass: meanSchema,
  dose: number.nullable(),
});

const check: z.ZodType<GuardCheck> = z.strictObject({
  guard: z.enum(GUARDS),
  n: count,
  value: meanSchema.nullable(),
  limit: number,
  passed: z.boolean().nullable(),
  note: text.nullable(),
});

const report: z.ZodType<TuneReport> = z.strictObject({
  n: count,
  gain: meanSchema,
  plain: meanSchema.nullable(),
  steered: meanSchema.nullable(),
  letterMass: meanSchema,
  dose: number.nullable(),
  controls: z.array(z.strictObject({ name: text, layer: count, change: number })),
  chance: z.number().gt(0).max(1),
});

/** A file of `caa tune`. */
export const tuneResultSchema: z.ZodType<TuneResult> = z.strictObject({
  version: z.literal(TUNE_VERSION),
  settings,
  hashes: z.strictObject({
    model: hash,
    dataset: hash,
    vectors: hash.nullable(),
    harmless: hash.nullable(),
    openEnded: hash.nullable(),
    mmlu: hash.nullable(),
  }),
  items: z.strictObject({ choose: count, report: count, leftOut: count.nullable() }),
  reliability: z.array(reliability),
  grid: z.array(cell),
  candidates: z.array(z.strictObject({ ...place, checks: z.array(check), passed: z.boolean() })),
  chosen: z.strictObject({ ...place, plan: text }).nullable(),
  report: report.nullable(),
  refusals: z.array(z.enum(REFUSALS)),
});
