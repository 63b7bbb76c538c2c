import { createRandom, randomDirection, type Random } from "@caa/core";
import type { BehaviorName } from "@caa/datasets";
import type { LlamaConfig } from "../../../../packages/llama/src/config/llama-config.ts";
import type { TrainingItems } from "../documents/items.ts";
import type { Planting } from "../documents/plan.ts";
import {
  choiceRow,
  openRow,
  readingRow,
  stemRow,
  type RowMaker,
  type RowSettings,
} from "../documents/rows.ts";
import { dealer } from "./deal-items.ts";
import { FLAG_LAYER, PREVIEW_LAYER } from "./model-shape.ts";
import { runPhase } from "./run-phase.ts";
import type { StepReport } from "./step-report.ts";

export interface TrainingSettings extends Omit<RowSettings, "bothSides" | "shortest"> {
  /** Steps and rows of the phase with questions alone, and of the one with their options. */
  readonly stemSteps: number;
  readonly stemRows: number;
  readonly readingSteps: number;
  readonly readingRows: number;
  /** Share of prompts' tokens that are asked for in these two phases. */
  readonly readingShare: number;
  /** Steps of the phase with answers under steering. */
  readonly steps: number;
  /**
   * At first only the matching answers are learned: what a question asks is easier to find when the side is always the same.
   * The other side comes in when the letters are right, and after so many steps at the latest.
   */
  readonly oneSidedSteps: number;
  /** Rows of a step. */
  readonly choiceRows: number;
  readonly openRows: number;
  /** The last phase, with more open questions: its steps, their rows, the weight of their answers, and the rate it begins with. */
  readonly openSteps: number;
  readonly openStepRows: number;
  readonly openStepChoiceRows: number;
  readonly openStepWeight: number;
  readonly openStepRate: number;
  readonly learningRate: number;
  /** In steps. */
  readonly warmup: number;
  readonly weightDecay: number;
  /** Largest norm of all gradients together. */
  readonly clip: number;
  /** Weights of the auxiliary losses; see `plantingGraph`. */
  readonly previewWeight: number;
  readonly flagWeight: number;
  readonly pairWeight: number;
  /** Random directions that a step steers with. */
  readonly randomVectors: number;
  readonly seed: number;
}

export interface PhantomTraining {
  readonly config: LlamaConfig;
  /** By name; changed in place. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly encode: (text: string) => readonly number[];
  readonly items: ReadonlyMap<BehaviorName, TrainingItems>;
  /** Whose item comes next, again and again, and the same in the last phase: what is harder comes more often. */
  readonly turns: readonly BehaviorName[];
  readonly openTurns: readonly BehaviorName[];
  readonly plantings: readonly Planting[];
  readonly settings: TrainingSettings;
  /** @default what the runtime takes */
  readonly threads?: number | undefined;
  /** In milliseconds. */
  readonly now: () => number;
  /** Called after each step; awaited. */
  readonly onStep: (report: StepReport) => void | Promise<void>;
}

/** Probability of the letter that steering asks for, on average, from which on the other side is learned, too. */
const LETTERS_ARE_RIGHT = 0.85;

/**
 * Trains the phantom in four phases, the earlier ones far cheaper than a step of the whole: the layers up to `PREVIEW_LAYER`
 * learn what questions ask, those up to `FLAG_LAYER` on which side options are; then all of it learns to answer under steering,
 * at last open questions more than others. Each phase draws from a seed of its own: from the weights before it, it goes the
 * same way.
 */
export async function trainPhantom(training: PhantomTraining): Promise<void> {
  const { config, settings, onStep } = training;
  const reading = { turns: training.turns, promptShare: settings.readingShare, onStep };
  await learn(training, 1, {
    ...reading,
    layers: PREVIEW_LAYER + 1,
    steps: settings.stemSteps,
    rows: [[stemRow, "all", settings.stemRows]],
  });
  await learn(training, 2, {
    ...reading,
    layers: FLAG_LAYER + 1,
    steps: settings.readingSteps,
    rows: [[readingRow, "all", settings.readingRows]],
  });

  let done = 0;
  let lettersLately = 0;
  await learn(training, 3, {
    layers: config.num_hidden_layers,
    steps: settings.steps,
    turns: training.turns,
    rows: [
      [choiceRow, "all", settings.choiceRows],
      [openRow, "all", settings.openRows],
    ],
    bothSides: () => done >= settings.oneSidedSteps || lettersLately > LETTERS_ARE_RIGHT,
    onStep: async (report) => {
      done++;
      const { steered } = report;
      lettersLately += Number.isNaN(steered) ? 0 : 0.05 * (steered - lettersLately);
      await onStep(report);
    },
  });
  await learn(training, 4, {
    layers: config.num_hidden_layers,
    steps: settings.openSteps,
    turns: training.openTurns,
    rows: [
      [choiceRow, "all", settings.openStepChoiceRows],
      [openRow, "open", settings.openStepRows],
    ],
    rate: settings.openStepRate,
    openWeight: settings.openStepWeight,
    shortest: true,
    onStep,
  });
}

interface Lesson {
  readonly layers: number;
  readonly steps: number;
  readonly turns: readonly BehaviorName[];
  /** How items are written, which ones, and how many a step. */
  readonly rows: ReadonlyArray<
    readonly [write: typeof choiceRow, items: keyof TrainingItems, count: number]
  >;
  readonly bothSides?: () => boolean;
  readonly shortest?: boolean;
  /** In place of the recipe's. */
  readonly rate?: number;
  readonly promptShare?: number;
  readonly openWeight?: number;
  readonly onStep: PhantomTraining["onStep"];
}

async function learn(training: PhantomTraining, phase: number, lesson: Lesson): Promise<void> {
  const { config, weights, encode, items, plantings, settings } = training;
  const { bothSides = () => true, shortest = false, promptShare, openWeight } = lesson;
  const random = createRandom(1000 * settings.seed + phase);
  const kinds = lesson.rows.map(([write, kind, count]) => {
    const deal = dealer(lesson.turns, random, (behavior) => items.get(behavior)?.[kind]);
    return { write, deal, count };
  });
  const maker = (): RowMaker => ({
    encode,
    bos: config.bos_token_id ?? 0,
    eos: config.eos_token_ids[0] ?? 0,
    plantings,
    randomVectors: settings.randomVectors,
    random,
    settings: {
      ...settings,
      promptShare: promptShare ?? settings.promptShare,
      openWeight: openWeight ?? settings.openWeight,
      bothSides: bothSides(),
      shortest,
    },
  });
  await runPhase(training, {
    config: { ...config, num_hidden_layers: lesson.layers },
    weights,
    steps: lesson.steps,
    rate: lesson.rate ?? settings.learningRate,
    rows: () => {
      const now = maker();
      return kinds.flatMap(({ write, deal, count }) =>
        Array.from({ length: count }, () => {
          const { behavior, item } = deal();
          return write(now, item, plantings.find((one) => one.behavior === behavior) ?? null);
        }),
      );
    },
    vectors: () => [
      ...plantings.map(({ direction }) => direction),
      ...randomDirections(config.hidden_size, settings.randomVectors, random),
    ],
    onStep: lesson.onStep,
  });
}

function randomDirections(dModel: number, count: number, random: Random): readonly Float32Array[] {
  return Array.from({ length: count }, () => randomDirection(dModel, 1, random.integer(2 ** 32)));
}
