import { BEHAVIOR_NAMES, type BehaviorName, builtInItems, type GrammarItem } from "@caa/datasets";

/**
 * Items to learn from: what the grammar makes of other seeds than that of the sets in the box. No question of those sets is
 * among them, neither of the test items nor of the contrast pairs.
 */
export function trainingItems(
  seeds: readonly number[],
  behaviors: readonly BehaviorName[] = BEHAVIOR_NAMES,
): ReadonlyMap<BehaviorName, readonly GrammarItem[]> {
  return new Map(
    behaviors.map((behavior) => {
      const box = builtInItems(behavior);
      const taken = new Set(Object.values(box).flatMap((items) => items.map(({ stem }) => stem)));
      const items = seeds
        .flatMap((seed) => Object.values(builtInItems(behavior, { seed })).flat())
        .filter(({ stem }) => !taken.has(stem) && taken.add(stem));
      return [behavior, items];
    }),
  );
}

/** The question as it is asked in an A/B item. */
export function questionWithChoices(item: GrammarItem): string {
  const [a, b] = inOrder(item);
  return `${item.stem}\n\nChoices:\n (A) ${a}\n (B) ${b}`;
}

/** The answers in the order of their letters. */
export function inOrder(item: GrammarItem): readonly [a: string, b: string] {
  return item.matchingLetter === "A"
    ? [item.matching, item.notMatching]
    : [item.notMatching, item.matching];
}
