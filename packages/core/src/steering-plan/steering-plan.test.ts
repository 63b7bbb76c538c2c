import { describe, expect, test } from "vitest";
import { createRandom } from "../random/random.ts";
import { madeUpVectors } from "../testing/made-up-vectors.ts";
import { applySteering } from "./apply-steering.ts";
import { formatPlanEntry } from "./format-plan.ts";
import { parsePlanEntry } from "./parse-plan.ts";
import type { PlanEntry } from "./plan-entry.ts";
import { resolvePlan } from "./resolve-plan.ts";
import { steeredSpan } from "./steered-span.ts";

describe("parsePlanEntry", () => {
  test("takes the defaults where a part is left out", () => {
    expect(parsePlanEntry("corrigible-neutral-HHH:13:-1.5")).toEqual({
      name: "corrigible-neutral-HHH",
      layers: [13],
      multiplier: -1.5,
      operation: "add",
      positions: "marker",
    });
    expect(parsePlanEntry("a:10-12:2:3-7")).toMatchObject({
      operation: "add",
      positions: { from: 3, to: 7 },
    });
    expect(parsePlanEntry("a:9,3,5-6:.5e1:clamp")).toMatchObject({
      layers: [3, 5, 6, 9],
      multiplier: 5,
    });
    expect(parsePlanEntry("a:0:1:ablate:generated")).toMatchObject({
      operation: "ablate",
      positions: "generated",
    });
    expect(Object.is(parsePlanEntry("a:0:-0").multiplier, 0)).toBe(true);
  });

  test.each([
    ["", /expected name:layers/],
    ["a:1", /expected name:layers.*got 2 parts/],
    ["a:1:1:add:all:x", /got 6 parts/],
    [":1:1", /name:/],
    ["a b:1:1", /name:/],
    ["a:x:1", /layers:.*"x"/],
    ["a::1", /layers:/],
    ["a:-1:1", /layers:/],
    ["a:5-3:1", /layers:/],
    ["a:1,:1", /layers:/],
    ["a:1.5:1", /layers:/],
    ["a:0-999999:1", /layers:/],
    ["a:3,3:1", /3 twice/],
    ["a:3,1-4:1", /3 twice/],
    ["a:1:", /multiplier:/],
    ["a:1:NaN", /multiplier:/],
    ["a:1:Infinity", /multiplier:/],
    ["a:1:1e999", /multiplier:/],
    ["a:1:0x10", /multiplier:/],
    ["a:1: 1", /multiplier:/],
    ["a:1:1:subtract", /positions:.*"subtract"/],
    ["a:1:1:all:add", /operation:.*"all"/],
    ["a:1:1:add:7-3", /positions:/],
    ["a:1:1:add:add", /positions:/],
    ["a:1:1:", /positions:/],
    ["a".repeat(5000), /4096 characters/],
  ])("refuses %s, saying which part", (text, message) => {
    expect(() => parsePlanEntry(text)).toThrow(message);
    expect(() => parsePlanEntry(text)).toThrow(
      expect.objectContaining({ code: "invalid-argument" }),
    );
  });
});

test("formatPlanEntry is canonical", () => {
  const canonical = (text: string): string => formatPlanEntry(parsePlanEntry(text));
  expect(canonical("a:9,3,4,5:+1.50:add:all")).toBe("a:3-5,9:1.5:all");
  expect(canonical("a:1-2:1:add:marker")).toBe("a:1,2:1");
  expect(canonical("a:007:-1.50:clamp:marker")).toBe("a:7:-1.5:clamp");
});

test("every entry is read back as it was from what is printed, and printed again the same", () => {
  const random = createRandom(7);
  const pick = <T>(values: readonly T[]): T => {
    const [first] = random.shuffle(values);
    if (first === undefined) {
      throw new Error("nothing to pick from");
    }
    return first;
  };
  for (let round = 0; round < 2000; round++) {
    const from = random.integer(100);
    const entry: PlanEntry = {
      name: pick(["sycophancy", "a-b_c.d", "1", "über", "marker", "add", "1-2"]),
      layers: Array.from({ length: 40 }, (_, layer) => layer).filter(
        (layer) => layer === 20 || random.uniform() < pick([0.1, 0.5, 0.9]),
      ),
      multiplier: pick([
        0,
        1,
        -1.5,
        random.gaussian(),
        random.gaussian() * 1e-12,
        random.gaussian() * 1e25,
        5e-324,
      ]),
      operation: pick(["add", "ablate", "clamp"] as const),
      positions: pick([
        "marker" as const,
        "after-marker" as const,
        "all" as const,
        "generated" as const,
        { from, to: from + random.integer(9) },
      ]),
    };
    const text = formatPlanEntry(entry);
    expect(parsePlanEntry(text)).toEqual(entry);
    expect(formatPlanEntry(parsePlanEntry(text))).toBe(text);
  }
});

describe("resolvePlan", () => {
  const vectors = madeUpVectors({ layers: [3, 5], dModel: 4 });
  const lookup = (name: string): typeof vectors | undefined =>
    name === "sycophancy" ? vectors : undefined;

  test("gives one step a layer, with the vectors themselves", () => {
    const entry = parsePlanEntry("sycophancy:3,5:-2:clamp:all");
    const steps = resolvePlan([entry], lookup);
    expect(steps.map(({ layer }) => layer)).toEqual([3, 5]);
    expect(steps[1]).toEqual({
      name: "sycophancy",
      layer: 5,
      vector: vectors.vector(5),
      multiplier: -2,
      operation: "clamp",
      positions: "all",
    });
    expect(steps[1]?.vector).toBe(vectors.vector(5));
    expect(resolvePlan([], lookup)).toEqual([]);
  });

  test("names the entry and what was expected", () => {
    expect(() => resolvePlan([parsePlanEntry("refusal:3:1")], lookup)).toThrow(
      /"refusal:3:1".*there are none/,
    );
    expect(() => resolvePlan([parsePlanEntry("sycophancy:4:1")], lookup)).toThrow(
      /"sycophancy:4:1": expected one of the layers 3, 5, got 4/,
    );
    const plan = ["sycophancy:3:1", "other:3:1"].map(parsePlanEntry);
    const other = madeUpVectors({ layers: [3], dModel: 5 });
    expect(() => resolvePlan(plan, (name) => lookup(name) ?? other)).toThrow(
      expect.objectContaining({ code: "shape-mismatch" }),
    );
  });
});

describe("applySteering", () => {
  const h = Float64Array.of(1, -2, 0.5);
  const [a, b] = [Float32Array.of(2, 0, 1), Float32Array.of(0.5, 1, -1)];

  // Computed with numpy from the formulas.
  test.each([
    [[{ operation: "ablate", vector: a, multiplier: 1 }], [0, -2, 0]],
    [[{ operation: "clamp", vector: a, multiplier: -1.5 }], [-3, -2, -1.5]],
    [[{ operation: "add", vector: a, multiplier: -2 }], [-3, -2, -1.5]],
    [
      [
        { operation: "add", vector: b, multiplier: 0.5 },
        { operation: "clamp", vector: b, multiplier: 2 },
        { operation: "ablate", vector: a, multiplier: 0.75 },
        { operation: "ablate", vector: b, multiplier: 1 },
      ],
      [1.9444444444444444, 1.3888888888888888, -3.263888888888889],
    ],
  ] as const)("equals numpy: %#", (steps, expected) => {
    const result = applySteering(h, steps);
    expected.forEach((x, i) => expect(result[i]).toBeCloseTo(x, 12));
    expect([...h]).toEqual([1, -2, 0.5]);
  });

  test("what ablate and clamp are for, with any vectors; the order in a class does not matter", () => {
    const random = createRandom(3);
    const draw = (): Float32Array => Float32Array.from({ length: 8 }, () => random.gaussian());
    const dot = (x: ArrayLike<number>, y: ArrayLike<number>): number =>
      Array.from(x).reduce((sum, value, i) => sum + value * (y[i] ?? 0), 0);
    for (let round = 0; round < 50; round++) {
      const [state, v, w] = [draw(), draw(), draw()];
      const norm = Math.sqrt(dot(v, v));
      const step = (
        operation: "ablate" | "clamp" | "add",
        vector = v,
        multiplier = 1,
      ): Parameters<typeof applySteering>[1][number] => ({
        operation,
        vector,
        multiplier,
      });
      expect(dot(applySteering(state, [step("ablate")]), v)).toBeCloseTo(0, 9);
      expect(dot(applySteering(state, [step("clamp", v, -3)]), v) / norm).toBeCloseTo(-3 * norm, 9);
      expect([...applySteering(state, [step("add", v, 0), step("ablate", w, 0)])]).toEqual([
        ...state,
      ]);
      const all = [
        step("ablate"),
        step("ablate", w, 0.5),
        step("clamp", w, 2),
        step("clamp"),
        step("add"),
        step("add", w),
      ];
      const forward = applySteering(state, all);
      applySteering(state, all.toReversed()).forEach((x, i) =>
        expect(x).toBeCloseTo(forward[i] ?? Number.NaN, 12),
      );
    }
  });

  test("refuses another size and a direction that is none", () => {
    const step = { operation: "ablate", vector: new Float32Array(3), multiplier: 1 } as const;
    expect(() => applySteering(new Float64Array(2), [step])).toThrow(
      /expected a vector of 2 values, got 3/,
    );
    expect(() => applySteering(h, [step])).toThrow(/vector of zeros/);
  });
});

describe("steeredSpan", () => {
  const layout = { markerIndex: 4, promptLength: 5, sequenceLength: 8 };

  test.each([
    ["marker", 4, 7],
    ["after-marker", 5, 7],
    ["all", 0, 7],
    ["generated", 5, 7],
    [{ from: 2, to: 3 }, 2, 3],
    [{ from: 6, to: 99 }, 6, 7],
  ] as const)("%j", (positions, first, last) => {
    expect(steeredSpan(positions, layout)).toEqual({ first, last, count: last - first + 1 });
  });

  test("marker and prompt end are told apart, and nothing steered is null", () => {
    expect(steeredSpan("after-marker", { ...layout, promptLength: 7 })?.first).toBe(5);
    expect(steeredSpan("generated", { ...layout, promptLength: 7 })?.first).toBe(7);
    expect(steeredSpan("generated", { ...layout, promptLength: 8 })).toBeNull();
    expect(steeredSpan("after-marker", { ...layout, sequenceLength: 5 })).toBeNull();
    expect(steeredSpan({ from: 8, to: 9 }, layout)).toBeNull();
  });

  test("refuses a layout or positions that cannot be", () => {
    expect(() => steeredSpan("all", { ...layout, markerIndex: 5 })).toThrow(
      /marker < prompt length/,
    );
    expect(() => steeredSpan("all", { ...layout, sequenceLength: 4 })).toThrow(
      /marker < prompt length/,
    );
    expect(() => steeredSpan({ from: -1, to: 2 }, layout)).toThrow(/token indices/);
  });
});
