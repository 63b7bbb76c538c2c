import { CaaError, type Random } from "@caa/core";
import type { AbItem } from "../items/ab-item.ts";
import { stemKey } from "../items/split-choices.ts";

/** Held out for tests. */
const TEST_ITEMS = 50;
/** At most, of the rest. */
const MAX_GENERATE_ITEMS = 1000;

export interface SplitSet {
  readonly generate: readonly AbItem[];
  readonly test: readonly AbItem[];
  /** Items of `generate` that ask what an item of `test` asks; with `dropLeaks` those that were left out. */
  readonly leaks: number;
}

/**
 * Shuffles, holds out 50 items for tests and keeps at most 1000 of the rest for vectors. An item leaks when a test item
 * has the same text before its choices; `dropLeaks` leaves it out before the 1000 are counted.
 * @throws {CaaError} empty-selection with 50 items or fewer
 */
export function splitSet(
  items: readonly AbItem[],
  random: Random,
  { dropLeaks }: { readonly dropLeaks: boolean },
): SplitSet {
  if (items.length <= TEST_ITEMS) {
    const message = `expected more than ${TEST_ITEMS} items, as many are held out for tests, got ${items.length}`;
    throw new CaaError("empty-selection", message, { facts: { items: items.length } });
  }
  const shuffled = random.shuffle(items);
  const test = shuffled.slice(0, TEST_ITEMS);
  const rest = shuffled.slice(TEST_ITEMS);
  const tested = new Set(test.map(({ question }) => stemKey(question)));
  const leaks = (item: AbItem): boolean => tested.has(stemKey(item.question));
  const kept = rest.slice(0, MAX_GENERATE_ITEMS);
  const leaked = kept.filter((item) => leaks(item)).length;
  if (!dropLeaks || leaked === 0) {
    return { generate: kept, test, leaks: leaked };
  }
  const clean = rest.filter((item) => !leaks(item)).slice(0, MAX_GENERATE_ITEMS);
  if (clean.length === 0) {
    const message = "expected items that ask something else than the test items, got none";
    throw new CaaError("empty-selection", message, { facts: { items: items.length } });
  }
  return { generate: clean, test, leaks: leaked };
}

/** The other way round: what matched does not, and what did not does. */
export function flipItem(item: AbItem): AbItem {
  return {
    question: item.question,
    answer_matching_behavior: item.answer_not_matching_behavior,
    answer_not_matching_behavior: item.answer_matching_behavior,
    matchingLetter: item.notMatchingLetter,
    notMatchingLetter: item.matchingLetter,
  };
}
