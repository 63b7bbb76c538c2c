import { expect, it } from "vitest";
import { nextCandidate, type RankedCell } from "./next-candidate.ts";

const cell = (
  multiplier: number,
  gain: number | null,
  dose: number | null,
  standardError = 0.02,
): RankedCell => ({ multiplier, standardError, dose, gain: gain === null ? null : { mean: gain } });

it("is the weakest of those that cannot be told from the best", () => {
  const weak = cell(1, 0.29, 0.1);
  const cells = [cell(0.5, 0.2, 0.05), weak, cell(2, 0.3, 0.2), cell(1, 0.285, 0.3)];
  expect(nextCandidate(cells, 0.05)).toBe(weak);
  expect(nextCandidate([...cells, cell(3, 0.5, 0.4)], 0.05)).toMatchObject({ multiplier: 3 });
});

it("compares multipliers, whatever their sign, where a dose is not known", () => {
  const weak = cell(-1, 0.29, null);
  expect(nextCandidate([cell(2, 0.3, 0.01), weak], 0.05)).toBe(weak);
});

it("is none where nothing gains enough", () => {
  expect(nextCandidate([cell(1, 0.04, 0.1), cell(1, null, 0.1)], 0.05)).toBeNull();
  expect(nextCandidate([cell(1, 0.06, 0.1, 0.03), cell(0.5, 0.04, 0.05)], 0.05)).toMatchObject({
    multiplier: 1,
  });
  expect(nextCandidate([], 0)).toBeNull();
});
