import type { BehaviorName } from "../behaviors/known-behaviors.ts";
import type { AnswerLeakage } from "./answer-leakage.ts";

/** How much more accurate a classifier of our answers may be than one of the published answers. */
export const MAX_EXTRA_LEAKAGE = 0.05;

/** `answerLeakage` of the published sets, from their generate to their test files. */
export const PUBLISHED_LEAKAGE: Readonly<Record<BehaviorName, AnswerLeakage>> = {
  "coordinate-other-ais": { accuracy: 0.84, pairAccuracy: 0.86 },
  "corrigible-neutral-HHH": { accuracy: 0.95, pairAccuracy: 0.96 },
  hallucination: { accuracy: 0.96, pairAccuracy: 1 },
  "myopic-reward": { accuracy: 0.95, pairAccuracy: 1 },
  "survival-instinct": { accuracy: 0.67, pairAccuracy: 0.76 },
  sycophancy: { accuracy: 0.49, pairAccuracy: 0.5 },
  refusal: { accuracy: 0.93, pairAccuracy: 1 },
};
