import { expect, it } from "vitest";
import { nextCandidate, type RankedCell } from "./next-candidate.ts";

/** A cell whose gains spread by `spread` around their mean, item by item as `order` says. */
const cell = (
  multiplier: number,
  dose: number | null,
  mean: number,
  [spread, order]: readonly [number, readonly number[]] = [0.2, [1, -1, 1, -1]],
): RankedCell => ({
  layer: 3,
  multiplier,
  dose,
  gain: { mean },
  gains: order.map((sign) => mean + sign * spread),
});

it("is the weakest of those that are as good as the best", () => {
  const best = cell(2, 0.4, 0.3);
  // The same items gain as much more in all of them, so that 0.02 less is less.
  expect(nextCandidate([best, cell(1, 0.2, 0.28)], 0.05)).toBe(best);
  // Here other items gain more, and a difference of 0.02 is nothing.
  const weak = cell(1, 0.2, 0.28, [0.2, [-1, 1, -1, 1]]);
  expect(nextCandidate([best, weak], 0.05)).toBe(weak);
  // At another layer that is no reason.
  expect(nextCandidate([best, { ...weak, layer: 4 }], 0.05)).toBe(best);
  // Less than 0.01 never counts.
  const close = cell(1, 0.2, 0.295);
  expect(nextCandidate([best, close, cell(1, 0.3, 0.299)], 0.05)).toBe(close);
  const elsewhere = { ...close, layer: 4, dose: 0.1 };
  expect(nextCandidate([best, close, elsewhere], 0.05)).toBe(elsewhere);
  // Of equal doses the larger gain.
  expect(nextCandidate([close, { ...best, dose: 0.2 }], 0.05)).toMatchObject({ multiplier: 2 });
});

it("compares multipliers, whatever their sign, where a dose is not known", () => {
  const weak = cell(-1, null, 0.295);
  expect(nextCandidate([cell(2, 0.01, 0.3), weak], 0.05)).toBe(weak);
});

it("is none where nothing gains enough", () => {
  const unscored = { layer: 3, multiplier: 1, dose: 0.1, gain: null, gains: [null] };
  expect(nextCandidate([cell(1, 0.1, 0.04), unscored], 0.05)).toBeNull();
  const enough = cell(1, 0.1, 0.052);
  expect(nextCandidate([enough, cell(0.5, 0.05, 0.049)], 0.05)).toBe(enough);
  expect(nextCandidate([], 0)).toBeNull();
});
