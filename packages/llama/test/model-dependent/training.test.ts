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

// What the PyTorch reference gives at the rate of the golden file, 0.01, in float64 and in float32, when it trains every row
// of the embeddings as we do. In the golden file the row of the padding token, which these prompts contain, gets no gradient
// from where it is read: `torch.nn.Embedding` leaves that out.
const EXACT: z.infer<typeof stepSchema> = [
  { loss: 0.674342386, grad_norm: 43.6055013 },
  { loss: 1.92597756e-5, grad_norm: 0.00290362467 },
  { loss: 26.132121, grad_norm: 125.819408 },
  { loss: 1.61372063e-8, grad_norm: 1.07147189e-5 },
  { loss: 2.09418216e-8, grad_norm: 6.58281458e-6 },
  { loss: 1.88790338e-7, grad_norm: 5.33304092e-5 },
  { loss: 38.6080071, grad_norm: 700.093015 },
  { loss: 10.8306561, grad_norm: 327.980227 },
];
const ROUNDED: z.infer<typeof stepSchema> = [
  { loss: 0.674336314, grad_norm: 43.6049652 },
  { loss: 1.8954097e-5, grad_norm: 0.00284068612 },
  { loss: 26.1316929, grad_norm: 125.81691 },
  { loss: 0.0, grad_norm: 1.69232026e-5 },
  { loss: 0.0, grad_norm: 1.86565412e-5 },
  { loss: 1.19209282e-7, grad_norm: 3.07686532e-5 },
  { loss: 38.6102409, grad_norm: 701.00238 },
  { loss: 10.057312, grad_norm: 235.430618 },
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
  // jumps between 0 and 38, and float32 does not resolve every figure; PyTorch's own is 2 % off at the second gradient and
  // 28 % at the last. There, ours are to be off by an amount of that size.
  test("all weights at a rate that is far too high", { timeout: 600_000 }, async () => {
    const history = await finetune({ kind: "all" }, 0.01, EXACT.length);
    const isNear = (got: number, exact = Number.NaN, rounded = Number.NaN): boolean =>
      agrees(got, exact) || Math.abs(got - exact) <= 2 * Math.abs(rounded - exact);
    expect(
      history.map(
        ({ loss, gradientNorm }, i) =>
          isNear(loss, EXACT[i]?.loss, ROUNDED[i]?.loss) &&
          isNear(gradientNorm, EXACT[i]?.grad_norm, ROUNDED[i]?.grad_norm),
      ),
    ).toEqual(Array(8).fill(true));

    // The missing gradient of the padding token shows from the seventh step on.
    const expected = golden("finetune_all.json");
    expect(disagreements(history.slice(0, 6), expected).map(({ step }) => step)).toEqual([1]);
    expect(history.map(({ loss }, i) => agrees(loss, expected[i]?.loss)).slice(0, 7)).toEqual(
      Array(7).fill(true),
    );
  });
});
