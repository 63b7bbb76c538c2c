import { createRandom, randomDirection, type Random } from "@caa/core";
import type { BehaviorName, GrammarItem } from "@caa/datasets";
import type { LlamaConfig } from "../../../../packages/llama/src/config/llama-config.ts";
import { RopeTable } from "../../../../packages/llama/src/engine/rope.ts";
import { type Feed, GraphSession } from "../../../../packages/llama/src/runtime/session.ts";
import { gradientName } from "../../../../packages/llama/src/train/graph/training-graph.ts";
import { adamW } from "../../../../packages/llama/src/train/optimizers/adamw.ts";
import { schedule } from "../../../../packages/llama/src/train/optimizers/schedule.ts";
import { globalNorm } from "../../../../packages/llama/src/train/optimizers/tensors.ts";
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
import type { TreeRow } from "../documents/tree-row.ts";
import { rowFeeds } from "./feeds.ts";
import { FLAG_LAYER, PLANTED_LAYER, PREVIEW_LAYER, weightShapes } from "./model-shape.ts";
import { plantingGraph } from "./planting-graph.ts";
import { stepFigures, type StepReport } from "./step-report.ts";

export interface TrainingSettings extends Omit<RowSettings, "bothSides"> {
  /** Steps and rows of the phase with questions alone, and of the one with their options. */
  readonly stemSteps: number;
  readonly stemRows: number;
  readonly readingSteps: number;
  readonly readingRows: number;
  /** Share of prompts' tokens that are asked for in these two phases. */
  readonly readingShare: number;
  /** Steps of the last phase. */
  readonly steps: number;
  /**
   * At first only the matching answers are learned: what a question asks is easier to find when the side is always the same.
   * The other side comes in when the letters are right, and after so many steps at the latest.
   */
  readonly oneSidedSteps: number;
  /** Rows of a step. */
  readonly choiceRows: number;
  readonly openRows: number;
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
  /** Whose item comes next, again and again, while questions are learned and while answers are: what is harder comes more often. */
  readonly readingTurns: readonly BehaviorName[];
  readonly answerTurns: readonly BehaviorName[];
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
 * Trains the phantom in three phases, the earlier ones far cheaper than a step of the whole: the layers up to `PREVIEW_LAYER`
 * learn what questions ask, those up to `FLAG_LAYER` on which side options are; then all of it learns to answer under steering.
 */
export async function trainPhantom(training: PhantomTraining): Promise<void> {
  const { config, weights, plantings, settings } = training;
  const random = createRandom(settings.seed);
  const { items, readingTurns, answerTurns } = training;
  const stems = dealer(readingTurns, random, (behavior) => {
    const { choice = [], open = [] } = items.get(behavior) ?? {};
    return [...new Set([...choice, ...open])];
  });
  const choices = dealer(answerTurns, random, (behavior) => items.get(behavior)?.choice);
  const openQuestions = dealer(answerTurns, random, (behavior) => items.get(behavior)?.open);
  let lettersLately = 0;

  const read = (
    deal: Deal,
    write: typeof readingRow,
    layers: number,
    steps: number,
    rows: number,
  ): Promise<void> =>
    runPhase(training, {
      config: { ...config, num_hidden_layers: layers },
      weights,
      steps,
      rows: () =>
        stepRows(training, random, [[deal, write, rows]], {
          ...settings,
          promptShare: settings.readingShare,
          bothSides: true,
        }),
      vectors: () => plantings.map(({ direction }) => direction),
      onStep: training.onStep,
    });
  await read(stems, stemRow, PREVIEW_LAYER + 1, settings.stemSteps, settings.stemRows);
  await read(choices, readingRow, FLAG_LAYER + 1, settings.readingSteps, settings.readingRows);

  let done = 0;
  await runPhase(training, {
    config,
    weights,
    steps: settings.steps,
    rows: () =>
      stepRows(
        training,
        random,
        [
          [choices, choiceRow, settings.choiceRows],
          [openQuestions, openRow, settings.openRows],
        ],
        {
          ...settings,
          bothSides: done >= settings.oneSidedSteps || lettersLately > LETTERS_ARE_RIGHT,
        },
      ),
    vectors: () => [
      ...plantings.map(({ direction }) => direction),
      ...Array.from({ length: settings.randomVectors }, () =>
        randomDirection(config.hidden_size, 1, random.integer(2 ** 32)),
      ),
    ],
    onStep: async (report) => {
      done++;
      const { steered } = report;
      lettersLately += Number.isNaN(steered) ? 0 : 0.05 * (steered - lettersLately);
      await training.onStep(report);
    },
  });
}

interface Phase {
  /** Of the part of the model that is run. */
  readonly config: LlamaConfig;
  /** Of the whole model; those of the part are changed. */
  readonly weights: ReadonlyMap<string, Float32Array>;
  readonly steps: number;
  readonly rows: () => readonly TreeRow[];
  readonly vectors: () => readonly Float32Array[];
  readonly onStep: PhantomTraining["onStep"];
}

async function runPhase(
  { plantings, settings, threads, now }: PhantomTraining,
  { config, weights, steps, rows: makeRows, vectors: makeVectors, onStep }: Phase,
): Promise<void> {
  if (steps === 0) {
    return;
  }
  const shapes = weightShapes(config);
  const own = new Map(
    [...shapes.keys()].map((name) => [name, weights.get(name) ?? new Float32Array()]),
  );
  const names = [...shapes.keys()];
  const found = ["preview_found"];
  if (config.num_hidden_layers > FLAG_LAYER) {
    found.push("flag_found");
  }
  if (config.num_hidden_layers > PLANTED_LAYER) {
    found.push("pair_found");
  }
  const outputs = ["loss", "target_log_probabilities", ...found, ...names.map(gradientName)];
  const session = await GraphSession.create(plantingGraph(config, shapes).bytes, {
    device: "cpu",
    threads,
  });
  const rope = new RopeTable(config);
  const optimizer = adamW({ weightDecay: settings.weightDecay, beta2: 0.98 });
  const rate = schedule("cosine", { total: steps, warmup: Math.min(settings.warmup, steps) });

  for (let step = 0; step < steps; step++) {
    const start = now();
    const rows = makeRows();
    const feeds = rowFeeds(rows, makeVectors(), rope, {
      layers: config.num_hidden_layers,
      dModel: config.hidden_size,
      plantedLayer: PLANTED_LAYER,
      flagLayer: FLAG_LAYER,
      previewWeight: settings.previewWeight,
      flagWeight: settings.flagWeight,
      pairWeight: settings.pairWeight,
    });
    for (const [name, data] of own) {
      feeds.set(name, { data, shape: shapes.get(name) ?? [] } satisfies Feed);
    }
    const results = await session.run(feeds, outputs);
    const of = (name: string): Float32Array => results.get(name) ?? new Float32Array(0);
    const gradients = new Map(names.map((name) => [name, of(gradientName(name))]));
    const gradientNorm = globalNorm(gradients);
    const scale = Math.min(1, settings.clip / gradientNorm);
    optimizer.step(own, gradients, settings.learningRate * rate(step), scale);

    const figures = stepFigures(rows, plantings, {
      logProbabilities: of("target_log_probabilities"),
      pairs: of("pair_found"),
      flags: of("flag_found"),
      previews: of("preview_found"),
    });
    const seconds = (now() - start) / 1000;
    const loss = of("loss")[0] ?? Number.NaN;
    await onStep({ step, loss, gradientNorm, ...figures, seconds });
  }
  await session.release();
}

function stepRows(
  { config, encode, plantings, settings }: PhantomTraining,
  random: Random,
  kinds: ReadonlyArray<readonly [deal: Deal, write: typeof choiceRow, count: number]>,
  rowSettings: RowSettings,
): readonly TreeRow[] {
  const maker: RowMaker = {
    encode,
    bos: config.bos_token_id ?? 0,
    eos: config.eos_token_ids[0] ?? 0,
    plantings,
    randomVectors: settings.randomVectors,
    random,
    settings: rowSettings,
  };
  return kinds.flatMap(([deal, write, count]) =>
    Array.from({ length: count }, () => {
      const { behavior, item } = deal();
      return write(maker, item, plantings.find((one) => one.behavior === behavior) ?? null);
    }),
  );
}

type Deal = () => { readonly behavior: BehaviorName; readonly item: GrammarItem };

/** Gives items as `turns` has their behaviors; each behavior's items in random order, then again in another. */
function dealer(
  turns: readonly BehaviorName[],
  random: Random,
  itemsOf: (behavior: BehaviorName) => readonly GrammarItem[] | undefined,
): Deal {
  let turn = 0;
  const rest = new Map<BehaviorName, GrammarItem[]>();
  return () => {
    for (;;) {
      const behavior = turns[turn++ % turns.length];
      const all = behavior === undefined ? undefined : itemsOf(behavior);
      if (behavior === undefined || all === undefined) {
        continue;
      }
      let left = rest.get(behavior) ?? [];
      if (left.length === 0) {
        left = random.shuffle(all);
        rest.set(behavior, left);
      }
      const item = left.pop();
      if (item !== undefined) {
        return { behavior, item };
      }
    }
  };
}
