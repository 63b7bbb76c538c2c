import { meanWithIntervals } from "@caa/core";
import type { AbRow, AbSummary, MeanSummary } from "../results/schema.ts";

const CONFIDENCE = 0.95;

/**
 * The figures of a cell: `mean(matching / (matching + not matching))` over the rows that have a score, and the letter
 * mass `mean(matching + not matching)` over all rows, each with Student's t and a bootstrap interval.
 * @throws {CaaError} empty-selection without rows
 */
export function summarize(rows: readonly AbRow[], seed: number): AbSummary {
  const scores = rows.flatMap((row) => row.score ?? []);
  return {
    n: scores.length,
    unscored: rows.length - scores.length,
    confidence: CONFIDENCE,
    seed,
    p_matching: scores.length === 0 ? null : meanOf(scores, seed),
    letter_mass: meanOf(
      rows.map((row) => row.matching_prob + row.not_matching_prob),
      seed,
    ),
  };
}

function meanOf(values: readonly number[], seed: number): MeanSummary {
  const { mean, t, bootstrap } = meanWithIntervals(values, { confidence: CONFIDENCE, seed });
  return { mean, t, bootstrap };
}
