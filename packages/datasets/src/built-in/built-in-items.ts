import { createRandom } from "@caa/core";
import type { BehaviorName } from "../behaviors/known-behaviors.ts";
import type { DataKind } from "../layout/data-files.ts";
import { PUBLISHED_SIZES } from "../process/published-sizes.ts";
import { type GrammarItem, makeItems, type Scene } from "./grammar.ts";
import { GRAMMARS } from "./grammars/grammars.ts";

/** The seed of the sets in the box. */
export const BUILT_IN_SEED = 1;

export interface BuiltInOptions {
  /** Whole. @default the seed of the sets in the box */
  readonly seed?: number;
}

/**
 * The items of a behavior with what the grammar knows of them: the frame of the question, and the texts of the answer that
 * shows the behavior and of the other one. As many as the published sets have; the same seed gives the same items.
 * Open-ended questions are the held-out ones without their choices, but for sycophancy, which has questions of its own:
 * their answers are known as well.
 * @throws {CaaError} invalid-argument for a seed that is not whole
 */
export function builtInItems(
  behavior: BehaviorName,
  options: BuiltInOptions = {},
): Readonly<Record<DataKind, readonly GrammarItem[]>> {
  const { seed = BUILT_IN_SEED } = options;
  const { slots, scenes, openEnded } = GRAMMARS[behavior];
  const sizes = PUBLISHED_SIZES[behavior];
  const random = createRandom(seed);
  const taken = new Set<string>();
  const make = (from: readonly Scene[], count: number): readonly GrammarItem[] =>
    makeItems(from, slots, count, random, taken);
  const test = make(scenes, sizes.testAb);
  return {
    generate: make(scenes, sizes.generate),
    "test-ab": test,
    "test-open-ended":
      openEnded === undefined
        ? test.slice(0, sizes.testOpenEnded)
        : make(openEnded, sizes.testOpenEnded),
  };
}
