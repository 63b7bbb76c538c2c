import { describe, expect, it } from "vitest";
import { scoredCell } from "../../test/made-up-cells.ts";
import { judgeLayers } from "../controls/judge-layers.ts";
import { itemMoves } from "./item-moves.ts";
import { findOvershoots } from "./overshoot.ts";
import { steerabilityByLayer } from "./steerability.ts";

describe("itemMoves", () => {
  it("counts items by where they go, seen from the multiplier", () => {
    const cells = [
      scoredCell(2, 0, [0.5, 0.5, 0.5, 0.5, null]),
      scoredCell(2, 1, [0.9, 0.505, 0.2, 0.6, 0.6]),
      scoredCell(2, -1, [0.1, 0.7, 0.5, 0.5, 0.5]),
    ];
    expect(itemMoves(cells, { from: 0, to: 1 })).toEqual([
      { layer: 2, from: 0, to: 1, along: 2, against: 1, unchanged: 1 },
    ]);
    expect(itemMoves(cells, { from: 0, to: -1 })).toEqual([
      { layer: 2, from: 0, to: -1, along: 1, against: 1, unchanged: 2 },
    ]);
    expect(itemMoves(cells, { from: 0, to: 3 })).toEqual([]);
  });
});

describe("steerabilityByLayer", () => {
  it("is the mean of the items' slopes, with the order of the means", () => {
    const cells = [
      scoredCell(1, -1, [0.1, 0.6, null]),
      scoredCell(1, 0, [0.3, 0.5, 0.5]),
      scoredCell(1, 2, [0.7, 0.3, 0.5]),
      scoredCell(4, 0, [0.5]), // one multiplier
    ];
    const [layer, ...rest] = steerabilityByLayer(cells);
    expect(rest).toEqual([]);
    expect(layer).toMatchObject({ layer: 1, n: 2, against: 1, rank: 1 });
    expect(layer?.slope?.mean).toBeCloseTo((0.2 - 0.1) / 2, 12);
  });

  it("refuses cells that asked different questions", () => {
    const cells = [scoredCell(1, 0, [0.5, 0.5]), scoredCell(1, 1, [0.5])];
    expect(() => steerabilityByLayer(cells)).toThrow(
      expect.objectContaining({ code: "invalid-data" }),
    );
  });

  it("has no rank where the means do not vary, and no slope without scores", () => {
    const flat = [scoredCell(0, 0, [0.5, 0.5]), scoredCell(0, 1, [0.5, 0.5])];
    expect(steerabilityByLayer(flat)).toMatchObject([{ rank: null, slope: { mean: 0 } }]);
    const none = [scoredCell(0, 0, [null]), scoredCell(0, 1, [null])];
    expect(steerabilityByLayer(none)).toMatchObject([{ n: 0, slope: null, rank: null }]);
  });
});

describe("findOvershoots", () => {
  const rising = [0.5, 0.52, 0.48, 0.51];
  const high = rising.map((score) => score + 0.3);
  const less = rising.map((score) => score + 0.1);

  it("names the step after which more steering does less, on either side", () => {
    const cells = [scoredCell(5, 0, rising), scoredCell(5, 1, high), scoredCell(5, 2, less)];
    expect(findOvershoots(cells)).toMatchObject([{ layer: 5, from: 1, to: 2 }]);
    const down = rising.map((score) => score - 0.3);
    const negative = [scoredCell(5, 0, rising), scoredCell(5, -1, down), scoredCell(5, -2, rising)];
    expect(findOvershoots(negative)).toMatchObject([{ from: -1, to: -2 }]);
  });

  it("knows a vector that turns answers the wrong way: more of that is no overshoot, going back is", () => {
    const down = [0.4, 0.42, 0.38, 0.41];
    const farther = [0.3, 0.32, 0.28, 0.31];
    const wrong = [scoredCell(5, 0, rising), scoredCell(5, 1, down), scoredCell(5, 2, farther)];
    expect(findOvershoots(wrong)).toEqual([]);
    expect(findOvershoots([...wrong, scoredCell(5, 3, rising)])).toMatchObject([
      { from: 2, to: 3 },
    ]);
    const unknown = findOvershoots(wrong.slice(1)); // without multiplier 0 the sign alone tells
    expect(unknown).toMatchObject([{ from: 1, to: 2 }]);
  });

  it("is silent while the effect grows, and where the interval covers zero", () => {
    expect(findOvershoots([scoredCell(5, 1, less), scoredCell(5, 2, high)])).toEqual([]);
    const noise = [0.9, 0.72, 0.68, 0.91];
    expect(findOvershoots([scoredCell(5, 1, high), scoredCell(5, 2, noise)])).toEqual([]);
    expect(findOvershoots([scoredCell(5, -1, less), scoredCell(5, 1, high)])).toEqual([]);
  });
});

describe("judgeLayers", () => {
  const own = [
    scoredCell(3, -1, [0.1, 0.2, 0.1]),
    scoredCell(3, 0, [0.5, 0.5, 0.5]),
    scoredCell(3, 1, [0.9, 0.8, 0.8]),
  ];

  it("measures controls against the plain model of the vector's own cells", () => {
    const half = own.slice(1);
    const judged = judgeLayers(half, [{ cells: [scoredCell(3, 1, [0.5, 0.6, 0.55])] }]);
    expect(judged?.span).toEqual({ from: 0, to: 1 });
    expect(judged?.judged).toMatchObject([{ verdict: "stands-out" }]);
    expect(judged?.judged[0]?.largestControl).toBeCloseTo(0.05, 12);
  });

  it("says when a control does as much", () => {
    const control = { cells: [scoredCell(3, -1, [0, 0, 0]), scoredCell(3, 1, [1, 1, 1])] };
    expect(judgeLayers(own, [control])?.judged).toMatchObject([{ verdict: "within-controls" }]);
  });

  it("has effects without controls, and nothing for one multiplier", () => {
    expect(judgeLayers(own, [])).toMatchObject({ judged: [], effects: [{ layer: 3 }] });
    expect(judgeLayers(own.slice(0, 1), [])).toBeNull();
    const unscored = { cells: [scoredCell(3, -1, [null]), scoredCell(3, 1, [null])] };
    expect(judgeLayers(own, [unscored])?.judged).toEqual([]);
  });

  it("averages over categories where items have them", () => {
    const names = ["a", "a", "a", "b"];
    const cells = [
      scoredCell(3, 0, [0, 0, 0, 0], { categories: names }),
      scoredCell(3, 1, [0, 0, 0, 1], { categories: names }),
    ];
    expect(judgeLayers(cells, [])?.effects[0]?.change).toMatchObject({ mean: 0.5 });
  });
});
