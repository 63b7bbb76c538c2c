import { slopeOverMultipliers, spearman } from "@caa/core";
import { checkSameItems } from "../controls/effect.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";
import type { MeanSummary } from "../results/summary-schema.ts";
import { meanOverItems } from "../statistics/mean-over-items.ts";

/** How p(matching) follows the multiplier at one layer. */
export interface Steerability {
  readonly layer: number;
  /** Items that have a score at every multiplier. */
  readonly n: number;
  /** Mean over items of the least-squares slope of p(matching) over the multiplier: change for one unit. Null without items. */
  readonly slope: MeanSummary | null;
  /** Items whose slope is below zero: steering turns them the wrong way. */
  readonly against: number;
  /** Spearman's correlation of the multipliers with the means of p(matching), 1 when they only rise; null when undefined. */
  readonly rank: number | null;
}

/**
 * The slope of every item over all multipliers of its layer, in their mean, and the order of the means.
 * @param cells of one behavior and one kind of vectors
 * @returns by layer; layers with fewer than two multipliers are left out
 * @throws {CaaError} invalid-data when two cells of a layer asked different questions; invalid-argument when all are of one
 *   multiplier
 */
export function steerabilityByLayer(cells: readonly ChoiceCell[]): readonly Steerability[] {
  const layers = [...new Set(cells.map(({ settings }) => settings.layer))].sort((a, b) => a - b);
  return layers.flatMap((layer) => {
    const own = cells
      .filter(({ settings }) => settings.layer === layer)
      .sort((a, b) => a.settings.multiplier - b.settings.multiplier);
    const [first] = own;
    return first === undefined || own.length < 2 ? [] : [ofLayer(first, own)];
  });
}

function ofLayer(first: ChoiceCell, cells: readonly ChoiceCell[]): Steerability {
  const multipliers = cells.map(({ settings }) => settings.multiplier);
  cells.forEach((cell) => checkSameItems(first, cell));
  const slopes = first.rows.flatMap(({ category }, i) => {
    const scores = cells.flatMap(({ rows }) => rows[i]?.score ?? []);
    return scores.length === cells.length
      ? [{ value: slopeOverMultipliers(multipliers, scores).slope, category }]
      : [];
  });
  const means = cells.flatMap(({ summary }) => summary.p_matching?.mean ?? []);
  const { confidence, seed } = first.summary;
  return {
    layer: first.settings.layer,
    n: slopes.length,
    slope: slopes.length === 0 ? null : meanOverItems(slopes, { confidence, seed }),
    against: slopes.filter(({ value }) => value < 0).length,
    rank: means.length === cells.length ? spearman(multipliers, means) : null,
  };
}
