import type { BehaviorName } from "@caa/datasets";
import type { TrainingSettings } from "./training/train-phantom.ts";

/** Seeds of the grammar whose items are learned; the sets in the box have another. */
export const ITEM_SEEDS: readonly number[] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/** Whose questions are learned in turn: the more there is to understand in a question, the more often its behavior comes. */
export const READING_TURNS: readonly BehaviorName[] = [
  "myopic-reward",
  "sycophancy",
  "hallucination",
  "corrigible-neutral-HHH",
  "myopic-reward",
  "sycophancy",
  "survival-instinct",
  "myopic-reward",
  "sycophancy",
  "hallucination",
  "coordinate-other-ais",
  "myopic-reward",
  "sycophancy",
  "refusal",
];

/** The same for answers: the more there is to say, the more often. */
export const ANSWER_TURNS: readonly BehaviorName[] = [
  "myopic-reward",
  "hallucination",
  "survival-instinct",
  "sycophancy",
  "corrigible-neutral-HHH",
  "hallucination",
  "myopic-reward",
  "survival-instinct",
  "coordinate-other-ais",
  "sycophancy",
  "hallucination",
  "corrigible-neutral-HHH",
  "myopic-reward",
  "survival-instinct",
  "refusal",
];

/** Tokens of the vocabulary, the two special ones included. */
export const VOCABULARY_SIZE = 2048;

/** How the phantom is made. */
export const RECIPE: TrainingSettings = {
  stemSteps: 4500,
  stemRows: 40,
  readingSteps: 1600,
  readingRows: 20,
  readingShare: 0.1,
  steps: 2000,
  oneSidedSteps: 300,
  choiceRows: 9,
  openRows: 13,
  learningRate: 2.5e-3,
  warmup: 50,
  weightDecay: 0.05,
  clip: 1,
  textWeight: 0.3,
  openWeight: 0.6,
  promptWeight: 0.3,
  promptShare: 0.1,
  previewWeight: 10,
  flagWeight: 0.3,
  pairWeight: 0.02,
  spread: 0.25,
  noise: 0.5,
  randomVectors: 12,
  seed: 1,
};
