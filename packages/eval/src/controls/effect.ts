import { CaaError } from "@caa/core";
import type { ChoiceCell } from "../results/choice-cell.ts";
import type { MeanSummary } from "../results/summary-schema.ts";
import { type ItemValue, meanOverItems } from "../statistics/mean-over-items.ts";

/** Where a change of p(matching), or of any share, can lie. */
export const CHANGE_OF_SHARE = { low: -1, high: 1 };

/** Between which multipliers an effect is measured. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/** What a change of the multiplier does to p(matching) at one layer. */
export interface Effect extends Span {
  readonly layer: number;
  /** Items that have a score at both multipliers. */
  readonly n: number;
  /**
   * Mean over them of the score at `to` minus the score at `from`, in [-1, 1], in tests with categories the mean of the
   * categories' means; null when there are none.
   */
  readonly change: MeanSummary | null;
  /** Of the intervals, such as 0.95. */
  readonly confidence: number;
  /** The smaller mean letter mass of the two cells. */
  readonly letterMass: number;
}

/**
 * The effect of steering at each layer, item by item: `mean over items (score(to) - score(from))`. Pairing the items takes
 * out what makes one question easier than another, so that the interval is of the effect alone.
 * @param cells of one behavior and one kind of vectors; layers that lack one of the multipliers have no effect here
 * @returns by layer
 * @throws {CaaError} invalid-argument when a layer and multiplier is there twice; invalid-data when two cells asked
 *   different questions
 */
export function effectsByLayer(
  cells: readonly ChoiceCell[],
  { from, to }: Span,
): readonly Effect[] {
  const layers = [...new Set(cells.map((cell) => cell.settings.layer))].sort((a, b) => a - b);
  return layers.flatMap((layer) => {
    const [low, high] = [cellAt(cells, layer, from), cellAt(cells, layer, to)];
    return low === null || high === null ? [] : [effectOf(low, high)];
  });
}

/** The effect farthest from zero; null when no layer has one. Of equal ones the first. */
export function strongestEffect(effects: readonly Effect[]): Effect | null {
  return effects.reduce<Effect | null>((best, next) => {
    const further = next.change !== null && size(next) > (best === null ? -1 : size(best));
    return further ? next : best;
  }, null);
}

function size({ change }: Effect): number {
  return Math.abs(change?.mean ?? 0);
}

export function cellAt(
  cells: readonly ChoiceCell[],
  layer: number,
  multiplier: number,
): ChoiceCell | null {
  const found = cells.filter(
    ({ settings }) => settings.layer === layer && settings.multiplier === multiplier,
  );
  if (found.length > 1) {
    const message = `effect: expected one cell of layer ${layer} and multiplier ${multiplier}, got ${found.length}; take those of one behavior, model and kind of vectors`;
    throw new CaaError("invalid-argument", message, { facts: { layer, multiplier } });
  }
  return found[0] ?? null;
}

function effectOf(low: ChoiceCell, high: ChoiceCell): Effect {
  const { layer, multiplier: from } = low.settings;
  const changes = pairedChanges(low, high);
  const { confidence, seed } = high.summary;
  return {
    layer,
    from,
    to: high.settings.multiplier,
    n: changes.length,
    change:
      changes.length === 0
        ? null
        : meanOverItems(changes, { confidence, seed, range: CHANGE_OF_SHARE }),
    confidence,
    letterMass: Math.min(low.summary.letter_mass.mean, high.summary.letter_mass.mean),
  };
}

/**
 * Score in `high` minus score in `low` of every item that has both.
 * @throws {CaaError} invalid-data when the cells asked different questions
 */
export function pairedChanges(low: ChoiceCell, high: ChoiceCell): readonly ItemValue[] {
  checkSameItems(low, high);
  return high.rows.flatMap(({ score, category }, i) => {
    const before = low.rows[i]?.score ?? null;
    return score === null || before === null ? [] : [{ value: score - before, category }];
  });
}

/** @throws {CaaError} invalid-data when the cells asked different questions */
export function checkSameItems(one: ChoiceCell, other: ChoiceCell): void {
  const { layer } = one.settings;
  const length = Math.max(one.rows.length, other.rows.length);
  for (let item = 0; item < length; item++) {
    if (one.rows[item]?.question !== other.rows[item]?.question) {
      const message = `effect at layer ${layer}: expected the same items at both multipliers, got others from item ${item + 1} on`;
      throw new CaaError("invalid-data", message, { facts: { layer, item } });
    }
  }
}
