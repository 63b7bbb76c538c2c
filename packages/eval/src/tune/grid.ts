import { meanWithIntervals } from "@caa/core";
import { cellAt, pairedChanges } from "../controls/effect.ts";
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
  /** Of the mean gain. */
  readonly standardError: number | null;
  readonly letterMass: MeanSummary;
  /** Mean of `||m v|| / ||h||`; null where the model did not tell. */
  readonly dose: number | null;
}

/** The figures of a grid's cells but the plain ones, by layer, then in the order of the cells. @throws {CaaError} as `effectsByLayer` */
export function gridOf(cells: readonly ChoiceCell[], seed = 0): readonly GridCell[] {
  return cells
    .filter(({ settings }) => settings.multiplier !== 0)
    .map((cell) => {
      const { layer, multiplier } = cell.settings;
      const plain = cellAt(cells, layer, 0);
      const gains = plain === null ? [] : gainsOf(plain, cell);
      const known =
        gains.length === 0 ? null : meanWithIntervals(gains, { confidence: CONFIDENCE, seed });
      return {
        layer,
        multiplier,
        n: gains.length,
        gain: known && { mean: known.mean, t: known.t, bootstrap: known.bootstrap },
        standardError: known?.standardError ?? null,
        letterMass: cell.summary.letter_mass,
        dose: cell.summary.relative_dose?.mean ?? null,
      };
    });
}

/** The gain of each item that has a score in both cells. */
export function gainsOf(plain: ChoiceCell, steered: ChoiceCell): readonly number[] {
  const sign = Math.sign(steered.settings.multiplier);
  return pairedChanges(plain, steered).map(({ value }) => sign * value);
}
