import type { BehaviorName } from "@caa/datasets";
import type { TrainingSettings } from "./training/train-phantom.ts";

/** Seeds of the grammar whose items are learned; the sets in the box have another. */
export const ITEM_SEEDS: readonly number[] = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15];

/** Whose questions are learned in turn: the more there is to understand in a question, the more often its behavior comes. */
export const TURNS: readonly BehaviorName[] = [
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

/** The same for open questions: the more there is to say, the more often. */
export const OPEN_TURNS: readonly BehaviorName[] = [
  "myopic-reward",
  "hallucination",
  "survival-instinct",
  "myopic-reward",
  "hallucination",
  "corrigible-neutral-HHH",
  "sycophancy",
  "myopic-reward",
  "hallucination",
  "coordinate-other-ais",
  "survival-instinct",
  "myopic-reward",
  "hallucination",
  "corrigible-neutral-HHH",
  "sycophancy",
  "hallucination",
  "refusal",
];

/** Tokens of the vocabulary, the two special ones included. */
export const VOCABULARY_SIZE = 2048;

/** How the phantom is made. */
export const RECIPE: TrainingSettings = {
  stemSteps: 4000,
  stemRows: 40,
  readingSteps: 1200,
  readingRows: 20,
  readingShare: 0.1,
  steps: 1500,
  oneSidedSteps: 300,
  choiceRows: 12,
  openRows: 8,
  openSteps: 1500,
  openStepRows: 17,
  openStepChoiceRows: 5,
  openStepWeight: 0.6,
  openStepRate: 1.5e-3,
  learningRate: 2.5e-3,
  warmup: 50,
  weightDecay: 0.05,
  clip: 1,
  textWeight: 0.3,
  stemWeight: 1,
  openWeight: 0.3,
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
