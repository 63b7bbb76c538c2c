import { openModel, randomLlamaFolder } from "@caa/llama";
import { expect, it } from "vitest";
import { coreAlone } from "../src/core-alone.ts";
import { steeredAnswer } from "../src/steered-answer.ts";
import { sweepWithFakeModel } from "../src/sweep-with-fake-model.ts";

it("core alone finds the direction hidden in the pairs", () => {
  const { cosine, tensors } = coreAlone();
  // Noise of the mean difference has variance 2 / 200 a coordinate: norm 0.8 beside a signal of norm 2.
  expect(cosine).toBeGreaterThan(0.85);
  expect(cosine).toBeLessThan(0.99);
  expect(tensors).toEqual(["layer.0"]);
});

it("a steered answer differs from the plain one", async () => {
  await using model = await openModel(randomLlamaFolder());
  const [plain, steered] = await steeredAnswer(model, "What do you like about trees?");
  expect(plain?.steered).toBeNull();
  expect(steered?.steered?.count).toBeGreaterThan(0);
  expect(steered?.tokens).not.toEqual(plain?.tokens);
});

it("a sweep on the fake model rises with the multiplier", async () => {
  const points = await sweepWithFakeModel();
  expect(points.map((point) => point.multiplier)).toEqual([-1, 0, 1]);
  const [low = 0, middle = 0, high = 0] = points.map((point) => point.mean ?? Number.NaN);
  expect(low).toBeLessThan(middle);
  expect(middle).toBeLessThan(high);
});
