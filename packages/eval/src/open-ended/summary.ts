import { type Interval, meanWithIntervals } from "@caa/core";
import type { OpenEndedRow, OpenEndedSummary } from "../results/open-ended-cell.ts";
import type { MeanSummary } from "../results/summary-schema.ts";

const CONFIDENCE = 0.95;
const SHARE = { low: 0, high: 1 };
const SIZE = { low: 0, high: Number.POSITIVE_INFINITY };

/** The figures of a cell of answers. @throws {CaaError} empty-selection without rows */
export function summarizeAnswers(rows: readonly OpenEndedRow[], seed: number): OpenEndedSummary {
  const mean = (values: readonly number[], range: Interval): MeanSummary => {
    const known = meanWithIntervals(values, { confidence: CONFIDENCE, seed, range });
    return { mean: known.mean, t: known.t, bootstrap: known.bootstrap };
  };
  const known = (values: ReadonlyArray<number | null>, range: Interval): MeanSummary | null => {
    const there = values.filter((value) => value !== null);
    return there.length === 0 ? null : mean(there, range);
  };
  const surprise = known(
    rows.map(({ plain_log_probability: x }) => (x === null ? null : -x)),
    SIZE,
  );
  return {
    n: rows.length,
    confidence: CONFIDENCE,
    seed,
    cut_off: rows.filter(({ finish }) => finish === "cut-off").length,
    tokens: mean(
      rows.map(({ tokens }) => tokens),
      SIZE,
    ),
    repetition: known(
      rows.map((row) => row.repetition),
      SHARE,
    ),
    compression_ratio: known(
      rows.map((row) => row.compression_ratio),
      SIZE,
    ),
    perplexity: surprise && exponential(surprise),
  };
}

/** `exp` of a mean and its intervals. */
export function exponential({ mean, t, bootstrap }: MeanSummary): MeanSummary {
  const raise = (interval: MeanSummary["t"]): MeanSummary["t"] =>
    interval && { low: Math.exp(interval.low), high: Math.exp(interval.high) };
  return { mean: Math.exp(mean), t: raise(t), bootstrap: raise(bootstrap) };
}
