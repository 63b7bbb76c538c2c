import { expect, test } from "vitest";
import { randomDirection } from "../random/random.ts";
import { cosine, norm } from "../vectors/vectors.ts";
import { normalizeAcrossBehaviors } from "./normalize-across-behaviors.ts";

type Layers = ReadonlyMap<number, Float32Array>;
const code = (value: string): unknown => expect.objectContaining({ code: value });
const vectors: ReadonlyMap<string, Layers> = new Map([
  [
    "b",
    new Map([
      [10, randomDirection(16, 2, 1)],
      [2, randomDirection(16, 1, 2)],
    ]),
  ],
  [
    "a",
    new Map([
      [2, randomDirection(16, 6, 3)],
      [10, randomDirection(16, 3, 4)],
    ]),
  ],
  [
    "c",
    new Map([
      [2, randomDirection(16, 5, 5)],
      [10, randomDirection(16, 1, 6)],
    ]),
  ],
]);

test("every behavior gets the mean norm of the layer and keeps its direction", () => {
  const result = normalizeAcrossBehaviors(vectors);
  expect(result.record.behaviors).toEqual(["a", "b", "c"]);
  expect(Object.keys(result.record.targetNorm)).toEqual(["2", "10"]);
  for (const [layer, target] of [
    [2, 4],
    [10, 2],
  ] as const) {
    expect(result.record.targetNorm[layer]).toBeCloseTo(target, 5);
    for (const [behavior, layers] of vectors) {
      const before = layers.get(layer) ?? new Float32Array();
      const after = result.vectors.get(behavior)?.get(layer) ?? new Float32Array();
      expect(norm(after)).toBeCloseTo(target, 5);
      expect(cosine(before, after)).toBeCloseTo(1, 10);
      expect(after).not.toBe(before);
    }
  }
});

test("one behavior alone keeps its norm, and a second time changes nothing", () => {
  const alone = normalizeAcrossBehaviors(
    new Map([["a", vectors.get("a") ?? new Map<number, Float32Array>()]]),
  );
  expect(norm(alone.vectors.get("a")?.get(2) ?? new Float32Array())).toBeCloseTo(6, 5);
  const once = normalizeAcrossBehaviors(vectors);
  const twice = normalizeAcrossBehaviors(once.vectors);
  for (const [layer, target] of Object.entries(once.record.targetNorm)) {
    expect(twice.record.targetNorm[Number(layer)]).toBeCloseTo(target, 6);
  }
});

test("refuses layers or sizes that differ, zero vectors, and nothing", () => {
  const one = (layer: number, vector: Float32Array): Layers => new Map([[layer, vector]]);
  const both = (a: Layers, b: Layers): ReadonlyMap<string, Layers> =>
    new Map([
      ["a", a],
      ["b", b],
    ]);
  const v = randomDirection(4, 1, 1);
  expect(() => normalizeAcrossBehaviors(new Map())).toThrow(code("empty-selection"));
  expect(() => normalizeAcrossBehaviors(new Map([["a", new Map()]]))).toThrow(
    code("empty-selection"),
  );
  expect(() => normalizeAcrossBehaviors(both(one(1, v), one(2, v)))).toThrow(
    code("shape-mismatch"),
  );
  expect(() => normalizeAcrossBehaviors(both(one(1, v), new Map()))).toThrow("got none for b");
  expect(() => normalizeAcrossBehaviors(both(one(1, v), one(1, randomDirection(5, 1, 1))))).toThrow(
    code("shape-mismatch"),
  );
  expect(() => normalizeAcrossBehaviors(both(one(1, v), one(1, new Float32Array(4))))).toThrow(
    "b, layer 1",
  );
  expect(() =>
    normalizeAcrossBehaviors(both(one(1, v), one(1, Float32Array.of(1, Number.NaN, 0, 0)))),
  ).toThrow(code("invalid-argument"));
});
