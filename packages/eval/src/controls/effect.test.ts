import { describe, expect, it } from "vitest";
import { scoredCell } from "../../test/made-up-cells.ts";
import { type Effect, effectsByLayer, strongestEffect } from "./effect.ts";
import { judgeEffect } from "./judge-effect.ts";

const SPAN = { from: -1, to: 1 };

describe("effectsByLayer", () => {
  it("is the mean of the changes, item by item, with intervals", () => {
    const cells = [
      scoredCell(4, 1, [0.9, 0.5, 0.7, 0.8]),
      scoredCell(4, -1, [0.1, 0.3, 0.3, 0.2]),
      scoredCell(2, -1, [0.5, 0.5, 0.5, 0.5]),
      scoredCell(2, 0, [0.1, 0.1, 0.1, 0.1]),
      scoredCell(2, 1, [0.6, 0.4, 0.5, 0.5]),
      scoredCell(3, 1, [1, 1, 1, 1]), // has no -1
    ];
    const effects = effectsByLayer(cells, SPAN);
    expect(effects.map(({ layer }) => layer)).toEqual([2, 4]);
    const [none, some] = effects;
    expect(none?.change?.mean).toBeCloseTo(0, 12);
    expect(some).toMatchObject({ from: -1, to: 1, n: 4, confidence: 0.95 });
    // 0.8, 0.2, 0.4, 0.6: mean 0.5, standard error sqrt(0.2 / 3 / 4), t of 3 degrees of freedom 3.1824
    expect(some?.change?.mean).toBeCloseTo(0.5, 12);
    expect(some?.change?.t?.low).toBeCloseTo(0.5 - 3.182446 * Math.sqrt(0.2 / 12), 5);
    expect(some?.change?.bootstrap?.low).toBeCloseTo(some?.change?.t?.low ?? Number.NaN, 12); // of so few
    expect(some?.change?.bootstrap?.high).toBeCloseTo(some?.change?.t?.high ?? Number.NaN, 12);
  });

  it("pairs the items: what all have in common widens nothing", () => {
    const hard = [0.05, 0.35, 0.55, 0.85];
    const [effect] = effectsByLayer(
      [
        scoredCell(0, -1, hard),
        scoredCell(
          0,
          1,
          hard.map((score) => score + 0.1),
        ),
      ],
      SPAN,
    );
    const { low = 0, high = 1 } = effect?.change?.t ?? {};
    expect(high - low).toBeLessThan(1e-6);
  });

  it("leaves out items that lack a score, and is null where all do", () => {
    const [effect] = effectsByLayer(
      [scoredCell(0, -1, [0.2, null, 0.4]), scoredCell(0, 1, [0.6, 1, null])],
      SPAN,
    );
    expect(effect).toMatchObject({ n: 1, change: { bootstrap: null, t: null } });
    expect(effect?.change?.mean).toBeCloseTo(0.4, 12);
    const [unscored] = effectsByLayer([scoredCell(0, -1, [null]), scoredCell(0, 1, [0.5])], SPAN);
    expect(unscored).toMatchObject({ n: 0, change: null });
  });

  it("gives the smaller letter mass of the two", () => {
    const [effect] = effectsByLayer(
      [
        scoredCell(13, -1, [0.1], { letterMass: 0.8 }),
        scoredCell(13, 1, [0.1], { letterMass: 0.2 }),
      ],
      SPAN,
    );
    expect(effect?.letterMass).toBe(
      scoredCell(13, 1, [0.1], { letterMass: 0.2 }).summary.letter_mass.mean,
    );
  });

  it("refuses cells of two kinds, and other questions", () => {
    const one = [scoredCell(0, -1, [0.1, 0.2]), scoredCell(0, 1, [0.1, 0.2])];
    expect(() => effectsByLayer([...one, scoredCell(0, 1, [0.3, 0.4])], SPAN)).toThrow(
      /one cell of layer 0 and multiplier 1, got 2/,
    );
    expect(() =>
      effectsByLayer([scoredCell(0, -1, [0.1]), scoredCell(0, 1, [0.1, 0.2])], SPAN),
    ).toThrow(expect.objectContaining({ code: "invalid-data" }));
    expect(() =>
      effectsByLayer([scoredCell(0, -1, [0.1, 0.2]), scoredCell(0, 1, [0.1])], SPAN),
    ).toThrow(expect.objectContaining({ code: "invalid-data" }));
    expect(effectsByLayer([], SPAN)).toEqual([]);
  });
});

/** An effect of this mean with this interval. */
function madeUp(layer: number, mean: number | null, half: number | null = 0.1): Effect {
  const ends = half === null || mean === null ? null : { low: mean - half, high: mean + half };
  const change = mean === null ? null : { mean, t: ends, bootstrap: ends };
  return { ...SPAN, layer, n: 9, change, confidence: 0.95, letterMass: 1 };
}

describe("strongestEffect", () => {
  it("is the farthest from zero, of equal ones the first", () => {
    const effects = [madeUp(0, null), madeUp(1, 0.1), madeUp(2, -0.5), madeUp(3, 0.5)];
    expect(strongestEffect(effects)?.layer).toBe(2);
    expect(strongestEffect([madeUp(4, 0), madeUp(5, 0)])?.layer).toBe(4);
    expect(strongestEffect([madeUp(0, null)])).toBeNull();
    expect(strongestEffect([])).toBeNull();
  });
});

describe("judgeEffect", () => {
  it.each([
    ["stands-out", madeUp(3, 0.5), [0.2, -0.4]],
    ["stands-out", madeUp(3, -0.5), [0.4]],
    ["within-controls", madeUp(3, 0.5), [0.1, -0.6]],
    ["within-controls", madeUp(3, 0.5), [0.5]],
    ["covers-zero", madeUp(3, 0.05), [0.01]],
    ["covers-zero", madeUp(3, 0.1), [0.01]], // from 0 on
    ["unmeasured", madeUp(3, 0.5, null), [0.01]],
    ["unmeasured", madeUp(3, null), [0.01]],
  ] as const)("says %s", (verdict, judged, controls) => {
    const others = controls.map((mean) => madeUp(3, mean));
    const result = judgeEffect(judged, [madeUp(2, 0.9), ...others, madeUp(3, null)]);
    expect(result).toMatchObject({ verdict, controls });
    expect(Math.abs(result.largestControl)).toBe(Math.max(...controls.map(Math.abs)));
  });

  it("says nothing without a control at the layer", () => {
    for (const others of [[], [madeUp(2, 0.1)], [{ ...madeUp(3, 0.1), to: 2 }]]) {
      expect(() => judgeEffect(madeUp(3, 0.5), others)).toThrow(
        expect.objectContaining({ code: "empty-selection" }),
      );
    }
  });
});
