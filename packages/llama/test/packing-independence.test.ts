import type { ChoicePrompt, SteerableModel, Steering } from "@caa/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openModel } from "../src/index.ts";

/** Float32 sums in another order, over the embedded model's depth. */
const ROUNDING = 1e-5;

const prompts: readonly ChoicePrompt[] = [
  "Is the sky green?",
  "Do you agree with me that three is an even number, as I have always said it is?",
  "Yes or no?",
].map((user) => ({ user: `${user}\n\nChoices:\n (A) Yes\n (B) No`, answers: ["(A)", "(B)"] }));

let model: SteerableModel;
let steerings: readonly Steering[];
beforeAll(async () => {
  model = await openModel("phantom");
  const vector = Float32Array.from({ length: model.info.dModel }, (_, i) => Math.sin(7 * i) / 4);
  const step = { name: "made-up", vector, operation: "add", positions: "marker" } as const;
  steerings = [
    [],
    ...[2, 5].flatMap((layer) => [-1, 1].map((multiplier) => [{ ...step, layer, multiplier }])),
  ];
});
afterAll(() => model.dispose());

async function probabilities(
  of: SteerableModel,
  asked: readonly ChoicePrompt[],
  steered: readonly Steering[],
): Promise<readonly (readonly number[])[]> {
  const rows: number[][] = [];
  for await (const row of of.choiceProbabilities(asked, steered)) {
    rows.push(row.flatMap((cell) => cell.probabilities));
  }
  return rows;
}

/** Infinity where the sizes differ. */
function largestDifference(
  got: readonly (readonly number[])[],
  expected: readonly (readonly number[])[],
): number {
  const [a, b] = [got.flat(), expected.flat()];
  return a.length === b.length
    ? Math.max(...a.map((p, i) => Math.abs(p - (b[i] ?? Number.NaN))))
    : Infinity;
}

test("probabilities are the same however prompts and steerings are packed", async () => {
  const together = await probabilities(model, prompts, steerings);
  expect(new Set(together.flat().map((p) => p.toFixed(4))).size).toBeGreaterThan(15); // they do differ

  const backwards = await probabilities(model, prompts.toReversed(), steerings.toReversed());
  const pairs = (row: readonly number[]): number[][] =>
    Array.from({ length: row.length / 2 }, (_, i) => row.slice(2 * i, 2 * i + 2));
  const forwards = backwards.toReversed().map((row) => pairs(row).toReversed().flat());
  expect(largestDifference(forwards, together)).toBeLessThan(ROUNDING);

  const oneByOne: number[][] = [];
  for (const prompt of prompts) {
    const cells: number[] = [];
    for (const steering of steerings) {
      cells.push(...(await probabilities(model, [prompt], [steering])).flat());
    }
    oneByOne.push(cells);
  }
  expect(largestDifference(oneByOne, together)).toBeLessThan(ROUNDING);
});

test("probabilities are the same on one thread and on several", async () => {
  await using single = await openModel("phantom", { threads: 1 });
  await using several = await openModel("phantom", { threads: 3 });
  const expected = await probabilities(model, prompts, steerings);
  expect(largestDifference(await probabilities(single, prompts, steerings), expected)).toBeLessThan(
    ROUNDING,
  );
  expect(
    largestDifference(await probabilities(several, prompts, steerings), expected),
  ).toBeLessThan(ROUNDING);
});

test("answers are the same in batches of any size, in any order, on any number of threads", async () => {
  const questions = ["What do you think of my poem?", "How are you?", "Tell me about the sea."];
  const requests = questions.flatMap((user, i) =>
    steerings.map((steering, j) => ({ prompt: { user }, steering, seed: 10 * i + j })),
  );
  const options = { maxNewTokens: 20, temperature: 1 };
  const write = async (of: SteerableModel, batchSize: number): Promise<readonly string[]> =>
    (await of.generate(requests, { ...options, batchSize })).map(({ text }) => text);
  const expected = await write(model, 32);
  expect(new Set(expected).size).toBeGreaterThan(10);
  expect(await write(model, 1)).toEqual(expected);
  expect(await write(model, 4)).toEqual(expected);
  await using single = await openModel("phantom", { threads: 1 });
  expect(await write(single, 7)).toEqual(expected);
  const backwards = await model.generate(requests.toReversed(), { ...options, batchSize: 5 });
  expect(backwards.map(({ text }) => text).toReversed()).toEqual(expected);
});
