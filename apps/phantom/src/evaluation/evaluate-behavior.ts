import {
  createRandom,
  meanWithIntervals,
  type MeanWithIntervals,
  randomDirection,
  type SteerableModel,
  type Steering,
  type SteeringVectors,
} from "@caa/core";
import {
  type AnswerSide,
  type BehaviorName,
  builtInAbSet,
  builtInItems,
  classifyAnswer,
} from "@caa/datasets";
import { generateVectors, type ResultStore, runAbSweep } from "@caa/eval";

export interface EvaluationOptions {
  readonly model: SteerableModel;
  readonly store: ResultStore;
  readonly layer: number;
  /** Unit length; null for the control. */
  readonly direction: Float32Array | null;
  /** How many random directions. */
  readonly randomDirections: number;
}

/** What the phantom does on the held-out questions of one behavior, steered with the vector made from its contrast pairs. */
export interface BehaviorEvaluation {
  readonly behavior: BehaviorName;
  /** Mean p(matching) at multipliers -1, 0 and +1. */
  readonly pMatching: readonly [minus: number, zero: number, plus: number];
  /** p(matching) at +1 minus at -1, over items. */
  readonly difference: MeanWithIntervals;
  /** Length of the vector, and its cosine with the planted direction. */
  readonly norm: number;
  readonly cosine: number | null;
  /** The same difference for each random direction of the vector's length. */
  readonly random: readonly number[];
  /** Least mean of p(A) + p(B) at -1, 0 and +1. */
  readonly letterMass: number;
  /** Sides of the open-ended answers at -1, 0 and +1, an item each. */
  readonly sides: ReadonlyArray<readonly [AnswerSide | null, AnswerSide | null, AnswerSide | null]>;
  /** Share of them that are not matching at -1 and matching at +1. */
  readonly changed: number;
  readonly vectors: SteeringVectors;
  readonly answers: ReadonlyArray<readonly string[]>;
}

const MULTIPLIERS = [-1, 0, 1] as const;
const OPEN_ITEMS = 50;

export async function evaluateBehavior(
  behavior: BehaviorName,
  { model, store, layer, direction, randomDirections }: EvaluationOptions,
): Promise<BehaviorEvaluation> {
  const vectors = await generateVectors(model, builtInAbSet(behavior, "generate"));
  const vector = vectors.vector(layer);
  const norm = lengthOf(vector);
  const dataset = builtInAbSet(behavior, "test-ab");
  const { cells } = await runAbSweep({
    model,
    dataset,
    vectors,
    layers: [layer],
    multipliers: [...MULTIPLIERS],
    store,
    overwrite: true,
  });
  const scores = cells.map(({ rows }) => rows.map(({ score }) => score ?? Number.NaN));
  const step = (values: Float32Array, multiplier: number): Steering => [
    { name: behavior, layer, vector: values, multiplier, operation: "add", positions: "marker" },
  ];

  const seeds = createRandom(17);
  const random = new Array<number>();
  for (let i = 0; i < randomDirections; i++) {
    const noise = randomDirection(model.info.dModel, norm, seeds.integer(2 ** 32));
    const prompts = dataset.items.map((item) => ({
      user: item.question,
      answers: [item.answer_matching_behavior, item.answer_not_matching_behavior],
    }));
    let sum = 0;
    for await (const [plus, minus] of model.choiceProbabilities(prompts, [
      step(noise, 1),
      step(noise, -1),
    ])) {
      sum += shareOf(plus?.probabilities) - shareOf(minus?.probabilities);
    }
    random.push(sum / prompts.length);
  }

  const items = builtInItems(behavior)["test-open-ended"].slice(0, OPEN_ITEMS);
  const requests = items.flatMap((item) =>
    MULTIPLIERS.map((multiplier) => ({
      prompt: { user: item.stem },
      steering: multiplier === 0 ? [] : step(vector, multiplier),
    })),
  );
  const texts = (await model.generate(requests, { maxNewTokens: 32, batchSize: 32 })).map(
    ({ text }) => text.trim(),
  );
  const answers = items.map((_, i) => texts.slice(3 * i, 3 * i + 3));
  const sides = items.map((item, i) => {
    const [minus = "", zero = "", plus = ""] = answers[i] ?? [];
    return [
      classifyAnswer(item, minus),
      classifyAnswer(item, zero),
      classifyAnswer(item, plus),
    ] as const;
  });
  const [minus = [], zero = [], plus = []] = scores;
  return {
    behavior,
    pMatching: [average(minus), average(zero), average(plus)],
    difference: meanWithIntervals(plus.map((score, i) => score - (minus[i] ?? 0))),
    norm,
    cosine:
      direction === null
        ? null
        : vector.reduce((sum, x, i) => sum + x * (direction[i] ?? 0), 0) / norm,
    random,
    letterMass: Math.min(...cells.map(({ summary }) => summary.letter_mass.mean)),
    sides,
    changed:
      sides.filter(([low, , high]) => low === "not-matching" && high === "matching").length /
      sides.length,
    vectors,
    answers,
  };
}

function shareOf(probabilities: readonly number[] | undefined): number {
  const [matching = 0, other = 0] = probabilities ?? [];
  return matching / (matching + other);
}

function average(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}

function lengthOf(values: Float32Array): number {
  return Math.sqrt(values.reduce((sum, x) => sum + x * x, 0));
}
