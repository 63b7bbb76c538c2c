import type { Interval } from "@caa/core";
import { z } from "zod";
import { count } from "./settings.ts";

/** A mean over items; intervals are null where one item alone says nothing of the spread, or they are not known. */
export interface MeanSummary {
  readonly mean: number;
  /** Student's t over items, or over the means of categories where each of these counts alike. */
  readonly t: Interval | null;
  readonly bootstrap: Interval | null;
}

/** What the summaries of all types begin with. */
export interface CommonSummary {
  /** Items that the means are over. */
  readonly n: number;
  /** Of the intervals, such as 0.95. */
  readonly confidence: number;
  /** Seed of the bootstrap. */
  readonly seed: number;
}

export const intervalSchema: z.ZodType<Interval> = z
  .strictObject({ low: z.number(), high: z.number() })
  .refine(({ low, high }) => low <= high, "expected low <= high");

export const meanSchema: z.ZodType<MeanSummary> = z.strictObject({
  mean: z.number(),
  t: intervalSchema.nullable(),
  bootstrap: intervalSchema.nullable(),
});

export const commonSummary = {
  n: count,
  confidence: z.number().gt(0).lt(1),
  seed: z.int(),
};
