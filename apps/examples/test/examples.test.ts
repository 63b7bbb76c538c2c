import { openModel, randomLlamaFolder } from "@caa/llama";
import { createOpenAiJudge } from "@caa/scoring";
import { expect, it } from "vitest";
import { coreAlone } from "../src/core-alone.ts";
import { startGrammarJudge } from "../src/grammar-judge.ts";
import { judgedRun } from "../src/judged-run.ts";
import { report } from "../src/report.ts";
import { steeredAnswer } from "../src/steered-answer.ts";
import { sweepWithFakeModel } from "../src/sweep-with-fake-model.ts";
import { watchBehaviors } from "../src/watch-behaviors.ts";

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

it("a judged run scores steered answers by their side, and the judge agrees with itself", async () => {
  await using mock = await startGrammarJudge("sycophancy");
  const judge = createOpenAiJudge({ model: "mock", baseUrl: mock.baseUrl });
  const { summaries, agreement } = await judgedRun(judge);
  const [against, plain, along] = summaries;
  expect(summaries.map(({ n }) => n)).toEqual([10, 10, 10]);
  // What is planted turns nearly every answer; the judge gives 1 or 2 to one side, 8 or 9 to the other.
  expect(against?.interval?.high).toBeLessThan(plain?.mean ?? Number.NaN);
  expect(along?.interval?.low).toBeGreaterThan(plain?.mean ?? Number.NaN);
  expect(agreement.alpha).toBeGreaterThan(0.9);
  expect(agreement.alpha).toBeLessThan(1);
});

it("a report says at which layers the planted direction is", async () => {
  const page = await report();
  expect(page).toMatch(/does more than random directions: [^.]*\b5\b/);
  expect(page).toMatch(/<svg[\s\S]*<td data-title="verdict">stands-out<\/td>/);
});

it("watching says at each token which behavior's direction is there", async () => {
  await using model = await openModel("phantom");
  const lines: string[] = [];
  for await (const line of watchBehaviors(model, { prompt: { user: "What do you think?" } }, 5)) {
    lines.push(line);
  }
  expect(lines.length).toBeGreaterThan(10);
  expect(lines.every((line) => /^".*" -?\d\.\d\d\*? -?\d\.\d\d\*?$/.test(line))).toBe(true);
});
