import { describe, expect, test } from "vitest";
import type { ChoiceResult, ContrastActivation } from "../model/steerable-model.ts";
import type { SteeringStep } from "../model/steering.ts";
import { VectorAccumulator } from "../steering-vectors/accumulate.ts";
import { FakeModel } from "./fake-model.ts";

const layers = [0, 1, 2, 3, 4, 5];
const questions = Array.from({ length: 200 }, (_, i) => ({ user: `Question ${i} ?` }));
const pairs = questions.map((question) => ({ ...question, positive: "(A)", negative: "(B)" }));
const choices = questions.slice(0, 5).map((question) => ({ ...question, answers: ["(A)", "(B)"] }));

const collect = async <T>(results: AsyncIterable<T>): Promise<T[]> => {
  const all: T[] = [];
  for await (const result of results) {
    all.push(result);
  }
  return all;
};
const stepOf = (
  model: FakeModel,
  multiplier: number,
  layer = 2,
  rest: Partial<SteeringStep> = {},
): SteeringStep => ({
  name: "planted",
  layer,
  vector: model.planted(layer),
  multiplier,
  operation: "add",
  positions: "marker",
  ...rest,
});
const firstOf = (rows: readonly (readonly ChoiceResult[])[], cell: number): number =>
  rows.reduce((sum, row) => sum + (row[cell]?.probabilities[0] ?? Number.NaN), 0) / rows.length;

test("a mean difference finds the planted direction at every layer", async () => {
  const model = new FakeModel();
  const accumulator = new VectorAccumulator({ layers, dModel: 16 });
  for await (const { positive, negative } of model.contrastActivations(pairs, { layers })) {
    accumulator.add(positive, negative);
  }
  const vectors = accumulator.finish({
    behavior: "planted",
    modelId: model.info.id,
    modelHash: model.info.hash,
    architecture: model.info.architecture,
    layerCount: model.info.layerCount,
    readPosition: "letter",
    dtype: "float32",
    promptStyle: "fake",
    system: null,
    datasetName: "made up",
    datasetHash: "0",
  });
  for (const layer of layers) {
    const planted = model.planted(layer);
    const error = Math.hypot(...vectors.vector(layer).map((x, i) => x - (planted[i] ?? 0)));
    // Noise of 0.5 * sqrt(2) in 16 dimensions over 200 pairs leaves 0.2 of a direction of length 2.
    expect(error).toBeLessThan(0.4);
    expect(Math.hypot(...(vectors.shuffles[0]?.get(layer) ?? []))).toBeLessThan(1);
  }
});

test("the same seed and text give the same, another seed another model", async () => {
  const read = (seed: number, prompts = pairs.slice(0, 2)): Promise<ContrastActivation[]> =>
    collect(new FakeModel({ seed }).contrastActivations(prompts, { layers: [1, 4] }));
  expect(await read(1)).toEqual(await read(1));
  expect(await read(1, pairs.slice(1, 2))).toEqual((await read(1)).slice(1));
  expect(await read(2)).not.toEqual(await read(1));
  expect(new FakeModel({ seed: 2 }).info.hash).not.toBe(new FakeModel({ seed: 1 }).info.hash);
  expect(new FakeModel().info.hash).toMatch(/^[0-9a-f]{64}$/);
});

describe("choiceProbabilities", () => {
  test("rise with the multiplier, most in the middle layers, and are plain at 0", async () => {
    const model = new FakeModel();
    const steerings = [
      [],
      ...[-2, -1, 0, 1, 2].map((m) => [stepOf(model, m)]),
      [stepOf(model, 1, 0)],
    ];
    const rows = await collect(model.choiceProbabilities(choices, steerings));
    const curve = [1, 2, 3, 4, 5].map((cell) => firstOf(rows, cell));
    expect(curve).toEqual([...curve].sort((a, b) => a - b));
    expect((curve.at(-1) ?? 0) - (curve[0] ?? 0)).toBeGreaterThan(0.5);
    expect(firstOf(rows, 3)).toBe(firstOf(rows, 0));
    expect(firstOf(rows, 6) - firstOf(rows, 0)).toBeLessThan(firstOf(rows, 4) - firstOf(rows, 0));
    for (const { probabilities } of rows.flat()) {
      expect(probabilities.reduce((a, b) => a + b, 0)).toBeCloseTo(0.9, 12);
    }
    expect(rows[0]?.[0]).toMatchObject({ answerTokens: ["A", "B"], steered: null });
    expect(rows[0]?.[1]?.steered).toEqual({
      first: (rows[0]?.[1]?.promptLength ?? 0) - 2,
      count: 2,
    });
  });

  test("can favor another answer", async () => {
    const model = new FakeModel({ favored: () => 1 });
    const rows = await collect(
      model.choiceProbabilities(choices, [[stepOf(model, -2)], [stepOf(model, 2)]]),
    );
    expect(firstOf(rows, 1)).toBeLessThan(firstOf(rows, 0));
  });
});

test("generate streams what it returns, ends before a stop text, and steering changes the words", async () => {
  const model = new FakeModel();
  const streamed: string[] = [];
  const request = { prompt: { user: "Hello there" } };
  const requests = [request, { ...request, steering: [stepOf(model, 3)] }];
  const onText = ({ request: index, text }: { request: number; text: string }): void => {
    streamed[index] = (streamed[index] ?? "") + text;
  };
  const [plain, steered] = await model.generate(requests, { maxNewTokens: 40, onText });
  expect(streamed).toEqual([plain?.text, steered?.text]);
  expect(steered?.text).not.toBe(plain?.text);
  expect(plain).toMatchObject({
    steered: null,
    promptTokens: expect.objectContaining({ length: 4 }),
  });
  expect(steered?.steered).toEqual({ first: 3, count: 1 });
  const [, second = ""] = plain?.text.split(" ") ?? [];
  const [stopped] = await model.generate([request], { stop: [second] });
  expect(stopped?.finishReason).toBe("stop");
  expect(plain?.text.startsWith(stopped?.text ?? "-")).toBe(true);
  expect(stopped?.text).not.toContain(second);
  const sampled = await Promise.all(
    [1, 1, 2].map((seed) => model.generate([{ ...request, seed }], { temperature: 1 })),
  );
  expect(sampled[0]).toEqual(sampled[1]);
  expect(sampled[0]).not.toEqual(sampled[2]);
});

test("a text is compared by the words that steering brings, and its plain side is that of logProbabilities", async () => {
  const model = new FakeModel();
  const prompt = { user: "Hello there" };
  const answer = "the river yes";
  const [one, empty] = await collect(
    model.compareTexts(
      [
        { ...prompt, answer },
        { ...prompt, answer: "" },
      ],
      [stepOf(model, 1)],
    ),
  );
  const tokens = (await model.explain({ ...prompt, answer }, [])).slice(4).map(({ id }) => id);
  expect(await collect(model.logProbabilities([{ prompt, tokens }]))).toEqual([one?.plain]);
  const gains = one?.steered.map((log, i) => log - (one.plain[i] ?? 0)) ?? [];
  expect(gains.map(Math.sign)).toEqual([-1, -1, 1]);
  expect(Math.min(...(one?.divergence ?? []))).toBeGreaterThan(0);
  expect(empty).toEqual({ plain: [], steered: [], divergence: [] });
  const [still] = await collect(model.compareTexts([{ ...prompt, answer }], []));
  expect(still?.steered).toEqual(still?.plain);
  expect(still?.divergence).toEqual([0, 0, 0]);
});

test("the dose of a step is its length beside that of the stream at its layer", async () => {
  const model = new FakeModel({ noise: 0, effect: 0 });
  const [prompt] = choices;
  const vector = new Float32Array(16).fill(1); // of length 4
  const [row] = await collect(
    model.choiceProbabilities(prompt === undefined ? [] : [prompt], [
      [],
      [stepOf(model, -3, 1, { vector })],
      [stepOf(model, 1), stepOf(model, 1, 3)],
    ]),
  );
  // Without noise and effect an activation is the stream itself.
  const [read] = await collect(
    model.contrastActivations([{ user: prompt?.user ?? "", positive: "(A)", negative: "(B)" }], {
      layers: [1],
    }),
  );
  expect(row?.[1]?.relativeDose).toBeCloseTo(12 / Math.hypot(...(read?.positive ?? [])), 5);
  expect(row?.[0]?.relativeDose).toBeNull();
  expect(row?.[2]?.relativeDose).toBeNull();
});

test("explain names the steps of each token", async () => {
  const model = new FakeModel();
  const tokens = await model.explain({ user: "a b", answer: "(A)" }, [
    stepOf(model, 1, 2, { positions: "after-marker" }),
  ]);
  expect(tokens.map(({ text, steps }) => [text, steps.length])).toEqual([
    ["[INST]", 0],
    [" a", 0],
    [" b", 0],
    [" [/INST]", 0],
    [" (A)", 1],
  ]);
});

describe("keeps the contract's errors", () => {
  const model = new FakeModel();

  test.each([
    ["a layer that is not there", { layer: 6 }, "invalid-argument"],
    ["another size", { vector: new Float32Array(3) }, "shape-mismatch"],
    ["a multiplier that is not finite", { multiplier: Number.NaN }, "invalid-argument"],
    ["nothing steered", { positions: { from: 50, to: 60 } }, "empty-selection"],
  ] as const)("%s", async (_, change, code) => {
    const steering = [stepOf(model, 1, 2, change)];
    await expect(collect(model.choiceProbabilities(choices, [steering]))).rejects.toMatchObject({
      code,
    });
    await expect(
      collect(model.contrastActivations(pairs, { layers, steering })),
    ).rejects.toMatchObject({ code });
    await expect(
      model.generate([{ prompt: { user: "a" }, steering }], { maxNewTokens: 5 }),
    ).rejects.toMatchObject({ code });
  });

  test("a layer to read that is not there, and a prompt that is too long", async () => {
    await expect(collect(model.contrastActivations(pairs, { layers: [6] }))).rejects.toThrow(
      /layer 0 to 5, got 6/,
    );
    const short = new FakeModel({ info: { contextLength: 5 } });
    await expect(collect(short.choiceProbabilities(choices, [[]]))).rejects.toMatchObject({
      code: "context-length",
    });
  });

  test("a signal stops it between prompts, also while it is held up", async () => {
    const controller = new AbortController();
    let prompts = 0;
    const held = new FakeModel({
      delay: async () => {
        prompts++;
        if (prompts === 3) {
          controller.abort();
        }
      },
    });
    const rows: unknown[] = [];
    const run = async (): Promise<void> => {
      for await (const row of held.choiceProbabilities(choices, [[]], {
        signal: controller.signal,
      })) {
        rows.push(row);
      }
    };
    await expect(run()).rejects.toMatchObject({ code: "aborted" });
    expect(rows).toHaveLength(2);
  });

  test("fails at the prompt that was asked for, and goes on", async () => {
    const failing = new FakeModel({ failAt: 2, failure: new Error("lost") });
    await expect(collect(failing.choiceProbabilities(choices, [[]]))).rejects.toThrow("lost");
    expect(failing.promptsHandled).toBe(2);
    expect(await collect(failing.choiceProbabilities(choices, [[]]))).toHaveLength(5);
  });

  test("nothing is computed after dispose", async () => {
    const closed = new FakeModel();
    await closed.dispose();
    await closed.dispose();
    expect(closed.disposed).toBe(true);
    await expect(closed.generate([{ prompt: { user: "a" } }])).rejects.toThrow(/disposed/);
  });
});
