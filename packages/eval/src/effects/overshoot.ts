import { type Effect, effectsByLayer } from "../controls/effect.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";

/**
 * Where more steering gives less: neighboring multipliers of one sign, the larger of which moves p(matching) back, with an
 * interval that does not cover zero. Past that point the model is usually pushed out of what it can say at all, so look at
 * the letter mass.
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
    .flatMap(({ sign, ...span }) =>
      effectsByLayer(cells, span).flatMap((effect) => {
        const interval = effect.change?.bootstrap ?? null;
        const back = interval !== null && (sign > 0 ? interval.high < 0 : interval.low > 0);
        return back ? [effect] : [];
      }),
    )
    .sort((a, b) => a.layer - b.layer);
}
