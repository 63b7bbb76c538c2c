import { readFileSync } from "node:fs";
import { createRandom } from "@caa/core";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { expectedOf, fixtureFolder } from "../../../test/fixture-engine.ts";
import { openCheckpoint } from "../../checkpoint/open-checkpoint.ts";
import { adamW } from "../optimizers/adamw.ts";
import { schedule } from "../optimizers/schedule.ts";
import { sgd } from "../optimizers/sgd.ts";
import { globalNorm } from "../optimizers/tensors.ts";
import type { Trainable } from "../graph/trainable.ts";
import type { TrainingExample } from "./batch.ts";
import { stepCount, train, type TrainOptions } from "./train.ts";
import { TrainingSession, type TrainingSessionOptions } from "./training-session.ts";

const steps = z
  .record(
    z.string(),
    z.object({
      steps: z.array(z.object({ loss: z.number(), norm: z.number() })),
      gradientNorms: z.record(z.string(), z.number()),
    }),
  )
  .parse(
    JSON.parse(
      readFileSync(new URL("../../../test/fixtures/train/steps.json", import.meta.url), "utf8"),
    ),
  );

interface Case {
  readonly model: string;
  readonly trainable: Trainable;
  /** Which of the fixture's sequences each step reads. */
  readonly batches: ReadonlyArray<readonly number[]>;
  readonly options: Pick<TrainOptions, "optimizer" | "learningRate" | "schedule" | "clipNorm">;
  readonly steered?: boolean;
}

/** The same names as in the fixture. */
const cases: Readonly<Record<string, () => Case>> = {
  "tied, all": () => ({
    model: "tied",
    trainable: { kind: "all" },
    batches: [[0], [1], [2], [0]],
    options: { optimizer: sgd(), learningRate: 0.003 },
  }),
  "untied, all": () => ({
    model: "untied",
    trainable: { kind: "all" },
    batches: [[0], [1], [2], [0]],
    options: { optimizer: sgd(), learningRate: 0.003 },
  }),
  "grouped-heads, layer 1": () => ({
    model: "grouped-heads",
    trainable: { kind: "layer", layer: 1 },
    batches: [[0], [1], [2], [0]],
    options: { optimizer: sgd(), learningRate: 0.01 },
  }),
  "biases, layer 0, steered": () => ({
    model: "biases",
    trainable: { kind: "layer", layer: 0 },
    batches: [[1], [2], [1]],
    options: { optimizer: sgd(), learningRate: 0.01 },
    steered: true,
  }),
  "bf16, batches, AdamW": () => ({
    model: "bf16",
    trainable: { kind: "all" },
    batches: [
      [0, 1, 2],
      [2, 0, 1],
      [1, 0, 2],
    ],
    options: {
      optimizer: adamW(),
      learningRate: 0.003,
      schedule: schedule("linear", { total: 3, warmup: 1 }),
      clipNorm: 1,
    },
  }),
  "rope-llama3, LoRA": () => ({
    model: "rope-llama3",
    trainable: { kind: "lora", rank: 2, alpha: 8 },
    batches: [
      [0, 1],
      [2, 0],
      [1, 2],
    ],
    options: { optimizer: adamW(), learningRate: 0.01 },
  }),
};

const ANSWERS = [40, 41, 40];

function examplesOf(model: string, steered = false): readonly TrainingExample[] {
  const { cases: sequences, steering } = expectedOf(model);
  return sequences.map(({ tokens }, i) => ({
    ids: tokens,
    targets: [{ position: tokens.length - 1, token: ANSWERS[i] ?? 0 }],
    steps: steered
      ? [
          {
            layer: steering.layer,
            vector: 0,
            multiplier: steering.multiplier,
            operation: "add",
            from: steering.fromPosition,
            to: Number.POSITIVE_INFINITY,
          },
        ]
      : [],
  }));
}

async function open(
  model: string,
  trainable: Trainable,
  options: Partial<TrainingSessionOptions> = {},
): Promise<TrainingSession> {
  const { config, tensors } = await openCheckpoint(fixtureFolder(model));
  return TrainingSession.open({
    config,
    weights: tensors,
    trainable,
    vectors: [Float32Array.from(expectedOf(model).steering.vector)],
    device: "cpu",
    threads: 1,
    ...options,
  });
}

describe.each(Object.entries(cases))("%s", (name, make) => {
  test("losses and gradient norms are PyTorch's", async () => {
    const { model, trainable, batches, options, steered } = make();
    const known = steps[name] ?? { steps: [], gradientNorms: {} };
    const session = await open(model, trainable);
    if (trainable.kind === "lora") {
      for (const values of session.parameters.values()) {
        values.forEach((_, i) => (values[i] = 0.1 * Math.sin(i)));
      }
    }
    const examples = examplesOf(model, steered);
    const inOrder = batches.map((batch) => batch.flatMap((i) => examples[i] ?? []));

    const { gradients } = await session.differentiate(inOrder[0] ?? []);
    expect([...gradients.keys()].sort()).toEqual(Object.keys(known.gradientNorms).sort());
    const differences = new Map<string, number>();
    for (const [parameter, gradient] of gradients) {
      const norm = globalNorm(new Map([[parameter, gradient]]));
      // The bias of keys moves all scores of a query alike, which changes nothing: its gradient is rounding.
      const near = parameter.endsWith("k_proj.bias") ? 1e-4 : 1e-5;
      differences.set(parameter, relative(norm, known.gradientNorms[parameter], near));
    }
    expect([...differences].filter(([, difference]) => !(difference < 1e-4))).toEqual([]);
    const history = await train(session, inOrder.flat(), {
      ...options,
      batchSize: batches[0]?.length,
      seed: null,
    });
    expect(history).toHaveLength(known.steps.length);
    known.steps.forEach(({ loss, norm }, i) => {
      expect(relative(history[i]?.loss, loss)).toBeLessThan(1e-4);
      expect(relative(history[i]?.gradientNorm, norm)).toBeLessThan(2e-4);
    });
    await session.dispose();
  });
});

/** Relative difference; what is below `near` counts as equal. */
function relative(got = Number.NaN, expected = Number.NaN, near = 1e-6): number {
  const difference = Math.abs(got - expected);
  return difference < near ? 0 : difference / Math.abs(expected);
}

describe("train", () => {
  test("a step in several runs is the step in one, padding or not", async () => {
    const results = await Promise.all(
      [3, 2, 1].map(async (runSize) => {
        const session = await open("tied", { kind: "layer", layer: 0 });
        const history = await train(session, examplesOf("tied"), {
          optimizer: sgd(),
          learningRate: 0.01,
          batchSize: 3,
          runSize,
          epochs: 2,
        });
        await session.dispose();
        return history;
      }),
    );
    for (const history of results) {
      history.forEach((step, i) => {
        expect(relative(step.loss, results[0]?.[i]?.loss)).toBeLessThan(1e-5);
        expect(relative(step.gradientNorm, results[0]?.[i]?.gradientNorm)).toBeLessThan(1e-4);
      });
    }
  });

  test("the same seed gives the same run, and one that stops goes on where it was", async () => {
    const options = (): TrainOptions => ({
      optimizer: adamW(),
      learningRate: 0.01,
      epochs: 3,
      batchSize: 2,
      seed: 7,
    });
    const examples = examplesOf("tied");
    const first = await open("tied", { kind: "layer", layer: 2 });
    const whole = await train(first, examples, options());
    expect(whole).toHaveLength(stepCount(3, { epochs: 3, batchSize: 2 }));

    const second = await open("tied", { kind: "layer", layer: 2 });
    const controller = new AbortController();
    const seen: number[] = [];
    const settings = options();
    await expect(
      train(second, examples, {
        ...settings,
        signal: controller.signal,
        onStep: ({ step, loss }) => {
          seen.push(loss);
          if (step === 3) {
            controller.abort();
          }
        },
      }),
    ).rejects.toMatchObject({ code: "aborted" });
    expect(seen).toEqual(whole.slice(0, 4).map(({ loss }) => loss));
    const rest = await train(second, examples, { ...settings, firstStep: 4 });
    expect(rest).toEqual(whole.slice(4));
    expect(second.parameters).toEqual(first.parameters);
    await first.dispose();
    await second.dispose();
  });

  test("training raises the probability of the answers that it trains on", async () => {
    const session = await open("grouped-heads", { kind: "lora", rank: 4 });
    const examples = examplesOf("grouped-heads");
    const mean = async (): Promise<number> => {
      const values = (await session.logProbabilities(examples)).flat();
      return values.reduce((sum, x) => sum + x, 0) / values.length;
    };
    const before = await mean();
    const [start] = await train(session, examples, {
      optimizer: adamW(),
      learningRate: 0.05,
      epochs: 40,
      batchSize: 3,
    });
    expect(start?.loss).toBeCloseTo(-before, 4); // B is zero: the adapter at first changes nothing
    expect(await mean()).toBeGreaterThan(before / 2);
    await session.dispose();
  });

  test("weighted targets at several positions: the gradient is the weighted sum of theirs", async () => {
    const session = await open("tied", { kind: "layer", layer: 1 });
    const ids = createRandom(3).shuffle(Array.from({ length: 9 }, (_, i) => i + 20));
    const targets = [
      { position: 2, token: 30, weight: 1 },
      { position: 8, token: 31, weight: 3 },
    ];
    const both = await session.differentiate([{ ids, targets }]);
    const parts = await Promise.all(
      targets.map((target) => session.differentiate([{ ids, targets: [target] }])),
    );
    const [a, b] = parts.map(({ loss }) => loss);
    expect(both.loss).toBeCloseTo(((a ?? 0) + 3 * (b ?? 0)) / 4, 5);
    for (const [name, gradient] of both.gradients) {
      const [x, y] = parts.map(({ gradients }) => gradients.get(name) ?? new Float32Array(0));
      gradient.forEach((value, i) => {
        expect(Math.abs(value - ((x?.[i] ?? 0) + 3 * (y?.[i] ?? 0)) / 4)).toBeLessThan(1e-4);
      });
    }
    await session.dispose();
  });

  test("the padding token's row gets no gradient where it is read, and nothing else changes", async () => {
    const name = "model.embed_tokens.weight";
    const examples = examplesOf("untied").slice(0, 1);
    const [padding = 0] = examples[0]?.ids ?? [];
    const plain = await open("untied", { kind: "all" });
    const { config } = await openCheckpoint(fixtureFolder("untied"));
    const padded = await open(
      "untied",
      { kind: "all" },
      {
        config: { ...config, pad_token_id: padding },
      },
    );
    const [one, two] = [await plain.differentiate(examples), await padded.differentiate(examples)];
    const d = config.hidden_size;
    const expected = Float32Array.from(one.gradients.get(name) ?? []);
    expect(
      globalNorm(new Map([[name, expected.subarray(d * padding, d * (padding + 1))]])),
    ).not.toBe(0);
    expected.fill(0, d * padding, d * (padding + 1));
    expect(two.loss).toBe(one.loss);
    expect(two.gradients.get(name)).toEqual(expected);
    for (const [other, gradient] of one.gradients) {
      expect(other === name || two.gradients.get(other)).toEqual(other === name || gradient);
    }
    await Promise.all([plain.dispose(), padded.dispose()]);
  });

  test("an auxiliary loss adds to the loss and its gradient", async () => {
    const examples = examplesOf("tied").slice(0, 1);
    const plain = await open("tied", { kind: "layer", layer: 0 });
    const added = await open(
      "tied",
      { kind: "layer", layer: 0 },
      {
        auxiliaryLoss: (tape, stream) => {
          const strength = tape.input("strength", "float32", []);
          const h = stream[1] ?? "";
          return tape.mul(strength, tape.op("ReduceMean", [tape.mul(h, h)], { keepdims: 0 }));
        },
        auxiliaryFeeds: () => new Map([["strength", { data: Float32Array.of(2), shape: [] }]]),
      },
    );
    const [one, other] = [await plain.differentiate(examples), await added.differentiate(examples)];
    expect(other.loss).toBeGreaterThan(one.loss + 0.1);
    expect(globalNorm(other.gradients)).not.toBeCloseTo(globalNorm(one.gradients), 2);
    await plain.dispose();
    await added.dispose();
  });

  test("a run that diverges stops before it harms the parameters", async () => {
    const session = await open("tied", { kind: "layer", layer: 0 });
    const name = "model.layers.0.mlp.up_proj.weight";
    session.parameters.get(name)?.fill(Number.NaN, 0, 1);
    const before = session.parameters.get(name)?.slice();
    const options = { optimizer: sgd(), learningRate: 1 };
    await expect(train(session, examplesOf("tied"), options)).rejects.toThrow(
      /step 0 gave loss NaN/,
    );
    expect(session.parameters.get(name)).toEqual(before);
    await session.dispose();
  });

  test("what cannot be trained is refused", async () => {
    await expect(open("tied", { kind: "layer", layer: 3 })).rejects.toThrow(
      /layer from 0 to 2, got 3/,
    );
    await expect(open("tied", { kind: "lora", rank: 0 })).rejects.toThrow(/from 1, got 0/);
    const session = await open("tied", { kind: "layer", layer: 0 });
    const options = { optimizer: sgd(), learningRate: 0.1 };
    const run = async (examples: readonly TrainingExample[], more: Partial<TrainOptions> = {}) =>
      train(session, examples, { ...options, ...more });
    const target = { position: 0, token: 1 };
    await expect(run([])).rejects.toMatchObject({ code: "empty-selection" });
    await expect(run([{ ids: [5], targets: [] }])).rejects.toMatchObject({
      code: "empty-selection",
    });
    await expect(run([{ ids: [], targets: [target] }])).rejects.toThrow(
      /expected tokens, got none/,
    );
    await expect(run([{ ids: [288], targets: [target] }])).rejects.toThrow(/0 to 287, got 288/);
    await expect(run([{ ids: [5], targets: [{ position: 1, token: 1 }] }])).rejects.toThrow(
      /got position 1/,
    );
    await expect(run([{ ids: Array(257).fill(5), targets: [target] }])).rejects.toMatchObject({
      code: "context-length",
    });
    await expect(run(examplesOf("tied"), { batchSize: 0 })).rejects.toThrow(/batchSize.*got 0/);
    await expect(run(examplesOf("tied"), { learningRate: Number.NaN })).rejects.toThrow(/NaN/);
    await session.dispose();
  });
});
