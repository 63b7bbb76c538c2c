import { expect, it } from "vitest";
import { coreAlone } from "../src/core-alone.ts";

it("core alone finds the direction hidden in the pairs", () => {
  const { cosine, tensors } = coreAlone();
  // Noise of the mean difference has variance 2 / 200 a coordinate: norm 0.8 beside a signal of norm 2.
  expect(cosine).toBeGreaterThan(0.85);
  expect(cosine).toBeLessThan(0.99);
  expect(tensors).toEqual(["layer.0"]);
});
