import { expect, test } from "vitest";
import { applySteering } from "./apply-steering.ts";
import { steeringChanges } from "./steering-changes.ts";

const h = Float32Array.of(3, 4);
const step = (operation: "add" | "ablate" | "clamp", multiplier: number, ...vector: number[]) => ({
  operation,
  multiplier,
  vector: Float32Array.from(vector),
});

test("one step changes by its formula", () => {
  expect(steeringChanges(h, [step("add", -2, 0, 3)])).toEqual([
    { changeNorm: 6, relativeChange: 1.2 },
  ]);
  expect(steeringChanges(h, [step("ablate", 0.5, 0, 3)])).toEqual([
    { changeNorm: 2, relativeChange: 0.4 },
  ]);
  expect(steeringChanges(h, [step("clamp", 2, 0, 3)])).toEqual([
    { changeNorm: 2, relativeChange: 0.4 },
  ]);
});

test("steps that meet start from what the classes before left, whatever order they are named in", () => {
  const steps = [
    step("add", 1, 0, 2),
    step("clamp", 3, 0, 1),
    step("add", 1, 5, 0),
    step("ablate", 1, 1, 0),
  ];
  // (3, 4), ablated (0, 4), clamped (0, 3), added (5, 5)
  expect(steeringChanges(h, steps)).toEqual([
    { changeNorm: 2, relativeChange: 2 / 3 },
    { changeNorm: 1, relativeChange: 0.25 },
    { changeNorm: 5, relativeChange: 5 / 3 },
    { changeNorm: 3, relativeChange: 0.6 },
  ]);
  expect(applySteering(h, steps)).toEqual(Float64Array.of(5, 5));
});

test("nothing is no share of a stream of zeros", () => {
  expect(steeringChanges(new Float32Array(2), [step("add", 1, 3, 4)])).toEqual([
    { changeNorm: 5, relativeChange: null },
  ]);
});
