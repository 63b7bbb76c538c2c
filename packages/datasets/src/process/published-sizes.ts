import type { BehaviorName } from "../behaviors/known-behaviors.ts";

/** Items of the published sets: contrast pairs, A/B items, open-ended questions. */
export interface PublishedSizes {
  readonly generate: number;
  readonly testAb: number;
  readonly testOpenEnded: number;
}

const sizes = (generate: number, testOpenEnded = 50): PublishedSizes => ({
  generate,
  testAb: 50,
  testOpenEnded,
});

/** What the published data sets of the method have. */
export const PUBLISHED_SIZES: Readonly<Record<BehaviorName, PublishedSizes>> = {
  "coordinate-other-ais": sizes(360),
  "corrigible-neutral-HHH": sizes(290),
  hallucination: sizes(1000),
  "myopic-reward": sizes(950),
  "survival-instinct": sizes(903),
  sycophancy: sizes(1000, 53),
  refusal: sizes(408),
};

/** Questions of the published test sets; `mmlu` has 10 of each of 57 categories of `mmluFull`. */
export const PUBLISHED_TEST_SIZES = { truthfulQa: 817, mmlu: 570, mmluFull: 14_042 } as const;
