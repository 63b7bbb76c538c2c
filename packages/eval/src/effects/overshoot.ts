import { type Effect, effectsByLayer } from "../controls/effect.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";

/**
 * Where more steering gives less: neighboring multipliers of one sign, the larger of which moves p(matching) against the
 * sign, with an interval that does not cover zero. Where the smaller one does so already against multiplier 0, as a vector
 * that turns answers the wrong way does, more of that is no overshoot, but going back is. Past that point the model is usually
 * pushed out of what it can say at all, so look at the letter mass.
 * @returns the effect of going from the smaller multiplier to the larger, by layer, then from small to large
 * @throws {CaaError} as `effectsByLayer`
 */
export function findOvershoots(cells: readonly ChoiceCell[]): readonly Effect[] {
  const multipliers = [...new Set(cells.map(({ settings }) => settings.multiplier))];
  const pairs = [1, -1].flatMap((sign) => {
    const own = multipliers
      .filter((multiplier) => Math.sign(multiplier) === sign)
      .sort((a, b) => Math.abs(a) - Math.abs(b));
    return own.slice(1).map((to, i) => ({ from: own[i] ?? to, to, sign }));
  });
  return pairs
    .flatMap(({ sign, ...span }) => {
      const before = effectsByLayer(cells, { from: 0, to: span.from });
      return effectsByLayer(cells, span).filter((effect) => {
        const first = before.find(({ layer }) => layer === effect.layer);
        const way = directionOf(first) === -sign ? -sign : sign;
        return directionOf(effect) === -way;
      });
    })
    .sort((a, b) => a.layer - b.layer);
}

/** The sign of a change whose interval does not cover zero, else 0. */
function directionOf(effect: Effect | undefined): number {
  const { low, high } = effect?.change?.bootstrap ?? { low: 0, high: 0 };
  return low > 0 ? 1 : high < 0 ? -1 : 0;
}
