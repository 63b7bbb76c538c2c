import { cellAt, pairedChanges, type Span } from "../controls/effect.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";

/** A change of p(matching) below this is none: it is far less than what wording does. */
export const SMALL_CHANGE = 0.01;

/** How single items answered to a change of the multiplier, at one layer. */
export interface ItemMoves extends Span {
  readonly layer: number;
  /** Items whose p(matching) went the way of the multiplier, by at least 0.01. */
  readonly along: number;
  /** The wrong way. */
  readonly against: number;
  readonly unchanged: number;
}

/**
 * Counts the items that move with the multiplier, against it and not at all: a mean hides that a vector helps some items and
 * harms others.
 * @returns by layer; layers that lack one of the multipliers are left out
 * @throws {CaaError} as `effectsByLayer`
 */
export function itemMoves(cells: readonly ChoiceCell[], { from, to }: Span): readonly ItemMoves[] {
  const layers = [...new Set(cells.map(({ settings }) => settings.layer))].sort((a, b) => a - b);
  return layers.flatMap((layer) => {
    const [low, high] = [cellAt(cells, layer, from), cellAt(cells, layer, to)];
    if (low === null || high === null) {
      return [];
    }
    const moves = pairedChanges(low, high).map(({ value }) => value * Math.sign(to - from));
    const along = moves.filter((move) => move >= SMALL_CHANGE).length;
    const against = moves.filter((move) => move <= -SMALL_CHANGE).length;
    return [{ layer, from, to, along, against, unchanged: moves.length - along - against }];
  });
}
