import { type Interval, meanWithIntervals } from "@caa/core";
import { CHANGE_OF_SHARE, cellAt } from "../controls/effect.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";
import type { MeanSummary } from "../results/summary-schema.ts";

const CONFIDENCE = 0.95;

/** What one layer and multiplier do. */
export interface GridCell {
  readonly layer: number;
  readonly multiplier: number;
  /** Items that have a score with and without steering. */
  readonly n: number;
  /**
   * Mean over them of the change of p(matching) against no steering, counted in the direction of the multiplier: above zero the
   * answers went where they should, toward the behavior for a multiplier above zero and away from it for one below.
   */
  readonly gain: MeanSummary | null;
  readonly letterMass: MeanSummary;
  /** Mean of `||m v|| / ||h||`; null where the model did not tell. */
  readonly dose: number | null;
}

/** A cell with the gain of each item; null for items that lack a score. */
export interface MeasuredCell extends GridCell {
  readonly gains: ReadonlyArray<number | null>;
}

/**
 * The figures of cells of one kind of vectors and the same items, but the plain ones, in the order of the cells.
 * @throws {CaaError} as `effectsByLayer`
 */
export function gridOf(cells: readonly ChoiceCell[], seed = 0): readonly MeasuredCell[] {
  return cells
    .filter(({ settings }) => settings.multiplier !== 0)
    .map((cell) => {
      const { layer, multiplier } = cell.settings;
      const plain = cellAt(cells, layer, 0);
      const gains = plain === null ? [] : gainsOf(plain, cell);
      const scored = gains.filter((gain) => gain !== null);
      return {
        layer,
        multiplier,
        n: scored.length,
        gain: scored.length === 0 ? null : summaryOf(scored, seed, CHANGE_OF_SHARE),
        letterMass: cell.summary.letter_mass,
        dose: cell.summary.relative_dose?.mean ?? null,
        gains,
      };
    });
}

/** The gain of each item. */
export function gainsOf(plain: ChoiceCell, steered: ChoiceCell): ReadonlyArray<number | null> {
  const sign = Math.sign(steered.settings.multiplier);
  return steered.rows.map(({ score }, i) => {
    const before = plain.rows[i]?.score ?? null;
    return score === null || before === null ? null : sign * (score - before);
  });
}

/** A mean with its intervals, `range` as `meanOfStrata` takes it. @throws {CaaError} empty-selection without values */
export function summaryOf(values: readonly number[], seed: number, range?: Interval): MeanSummary {
  const options = { confidence: CONFIDENCE, seed, ...(range && { range }) };
  const { mean, t, bootstrap } = meanWithIntervals(values, options);
  return { mean, t, bootstrap };
}
