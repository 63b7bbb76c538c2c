import { expect, it } from "vitest";
import { relativeDose } from "./relative-dose.ts";

const step = { vector: Float32Array.of(3, 4), multiplier: -2, operation: "add" } as const;

it("is the mean ratio of what is added to what was there, whatever the sign", () => {
  expect(relativeDose(step, [10, 20])).toBe(0.75);
  expect(relativeDose({ ...step, multiplier: 2 }, [10, 20])).toBe(0.75);
  expect(relativeDose({ ...step, multiplier: 0 }, [10])).toBe(0);
});

it("is none where there is nothing to compare with, or nothing is added", () => {
  expect(relativeDose(step, [])).toBeNull();
  expect(relativeDose(step, [10, 0])).toBeNull();
  expect(relativeDose({ ...step, operation: "ablate" }, [10])).toBeNull();
});
