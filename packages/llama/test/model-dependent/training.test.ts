import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { openCheckpoint } from "../../src/checkpoint/open-checkpoint.ts";
import { openPrompts } from "../../src/model/open-prompts.ts";
import { encodeAnswers } from "../../src/train/finetune/answer-examples.ts";
import type { Trainable } from "../../src/train/graph/trainable.ts";
import { sgd } from "../../src/train/optimizers/sgd.ts";
import { answerExample } from "../../src/train/trainer/batch.ts";
import { train, type TrainStep } from "../../src/train/trainer/train.ts";
import { TrainingSession } from "../../src/train/trainer/training-session.ts";

const models = process.env["CAA_TEST_MODEL"] ?? "";
const data = process.env["CAA_TEST_DATA"] ?? "";
const reference = process.env["CAA_TEST_REFERENCE"] ?? "";
const folder = join(models, "SmolLM2-135M-Instruct-f32");
const ready = [models, data, reference].every((path) => path !== "") && existsSync(folder);

const stepSchema = z.array(z.object({ loss: z.number(), grad_norm: z.number() }));
const pairSchema = z.array(
  z.object({
    question: z.string(),
    answer_matching_behavior: z.string(),
    answer_not_matching_behavior: z.string(),
  }),
);

// What the PyTorch reference gives at the reference method's learning rate, 1e-4, with all weights trained.
const SLOW: z.infer<typeof stepSchema> = [
  { loss: 0.6743218, grad_norm: 43.60178 },
  { loss: 0.6425763, grad_norm: 42.16227 },
];

// What the PyTorch reference gives at the rate of the golden file, 0.01, in float64; and in float32 on another processor.
const EXACT: z.infer<typeof stepSchema> = [
  { loss: 0.674342386, grad_norm: 43.602318 },
  { loss: 1.9219265e-5, grad_norm: 0.0028922554 },
  { loss: 26.1343447, grad_norm: 125.829211 },
  { loss: 1.72126123e-8, grad_norm: 1.19013769e-5 },
  { loss: 2.29660577e-8, grad_norm: 7.058896e-6 },
  { loss: 1.87511259e-7, grad_norm: 5.40016358e-5 },
  { loss: 38.6339414, grad_norm: 644.669157 },
  { loss: 30.117278, grad_norm: 955.490151 },
];
const ROUNDED: z.infer<typeof stepSchema> = [
  { loss: 0.674336314, grad_norm: 43.6017838 },
  { loss: 1.8954097e-5, grad_norm: 0.00283772126 },
  { loss: 26.1339245, grad_norm: 125.826424 },
  { loss: 0.0, grad_norm: 1.84340552e-5 },
  { loss: 0.0, grad_norm: 2.03794407e-5 },
  { loss: 1.19209282e-7, grad_norm: 3.19269166e-5 },
  { loss: 38.6380234, grad_norm: 645.161072 },
  { loss: 31.1284771, grad_norm: 807.345886 },
];

function golden(name: string): z.infer<typeof stepSchema> {
  const file = join(reference, "smollm2", "sycophancy", name);
  return stepSchema.parse(JSON.parse(readFileSync(file, "utf8")));
}

/** Plain SGD, batch 1, on the first pairs of `sycophancy`, in their order, towards the behavior. */
async function finetune(
  trainable: Trainable,
  learningRate: number,
  steps: number,
): Promise<readonly TrainStep[]> {
  const checkpoint = await openCheckpoint(folder);
  const prompts = await openPrompts(checkpoint, "", {});
  const file = join(data, "caa", "generate", "sycophancy", "generate_dataset.json");
  const pairs = pairSchema.parse(JSON.parse(readFileSync(file, "utf8"))).slice(0, steps);
  const items = pairs.map((pair) => ({
    user: pair.question,
    target: pair.answer_matching_behavior,
    other: pair.answer_not_matching_behavior,
  }));
  const session = await TrainingSession.open({
    config: checkpoint.config,
    weights: checkpoint.tensors,
    trainable,
    device: "cpu",
  });
  const examples = encodeAnswers(prompts, items).map(({ ids, target }) =>
    answerExample(ids, target),
  );
  const options = { optimizer: sgd(), learningRate, seed: null };
  const history = await train(session, examples, options).finally(() => session.dispose());
  return history;
}

/** Within 1e-3 of the expected, or 1e-5 absolute. */
function agrees(got: number | undefined, expected: number | undefined): boolean {
  const [x, y] = [got ?? Number.NaN, expected ?? Number.NaN];
  return Math.abs(x - y) <= Math.max(1e-3 * Math.abs(y), 1e-5);
}

const disagreements = (
  history: readonly TrainStep[],
  expected: z.infer<typeof stepSchema>,
): readonly TrainStep[] =>
  history.filter(
    ({ loss, gradientNorm }, i) =>
      !agrees(loss, expected[i]?.loss) || !agrees(gradientNorm, expected[i]?.grad_norm),
  );

describe.skipIf(!ready)("fine-tuning SmolLM2-135M-Instruct as PyTorch does", () => {
  test("one layer", { timeout: 300_000 }, async () => {
    const history = await finetune({ kind: "layer", layer: 15 }, 0.01, 8);
    expect(history).toHaveLength(8);
    expect(disagreements(history, golden("finetune_layer15.json"))).toEqual([]);
  });

  test("all weights", { timeout: 600_000 }, async () => {
    const history = await finetune({ kind: "all" }, 1e-4, SLOW.length);
    expect(history).toHaveLength(SLOW.length);
    expect(disagreements(history, SLOW)).toEqual([]);
  });

  // At 100 times the method's rate, which is the rate of the golden file, the second step turns the model over: the loss
  // jumps between 0 and 38, and float32 does not resolve every figure. In float64 PyTorch itself misses the golden second
  // gradient by 5 %, the seventh by 0.2 % and the last one by half. There, ours are to be off the exact ones by amounts like
  // those of PyTorch in float32; all others are to be met.
  test("all weights at a rate that is far too high", { timeout: 600_000 }, async () => {
    const expected = golden("finetune_all.json");
    const history = await finetune({ kind: "all" }, 0.01, expected.length);
    const unresolved = [1, 6, 7];
    expect(
      EXACT.flatMap(({ loss, grad_norm }, i) =>
        agrees(loss, expected[i]?.loss) && agrees(grad_norm, expected[i]?.grad_norm) ? [] : [i],
      ),
    ).toEqual(expect.arrayContaining(unresolved));
    expect(
      disagreements(history, expected).filter(({ step }) => !unresolved.includes(step)),
    ).toEqual([]);
    const isNear = (got: number, exact = Number.NaN, rounded = Number.NaN): boolean =>
      agrees(got, exact) || Math.abs(got - exact) <= 2 * Math.abs(rounded - exact);
    expect(
      history.map(
        ({ loss, gradientNorm }, i) =>
          isNear(loss, EXACT[i]?.loss, ROUNDED[i]?.loss) &&
          isNear(gradientNorm, EXACT[i]?.grad_norm, ROUNDED[i]?.grad_norm),
      ),
    ).toEqual(Array(8).fill(true));
  });
});
