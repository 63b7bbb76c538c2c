import { BEHAVIOR_NAMES, type BehaviorName, builtInItems, type GrammarItem } from "@caa/datasets";

export interface TrainingItems {
  readonly all: readonly GrammarItem[];
  /** Those that the grammar has for open-ended questions alone; all of them where it has none such. */
  readonly open: readonly GrammarItem[];
}

/**
 * Items to learn from: what the grammar makes of other seeds than that of the sets in the box. No question of those sets is
 * among them, neither of the test items nor of the contrast pairs.
 */
export function trainingItems(seeds: readonly number[]): ReadonlyMap<BehaviorName, TrainingItems> {
  return new Map(
    BEHAVIOR_NAMES.map((behavior) => {
      const box = builtInItems(behavior);
      const taken = new Set(Object.values(box).flatMap((items) => items.map(({ stem }) => stem)));
      const sets = seeds.map((seed) => builtInItems(behavior, { seed }));
      const all = sets
        .flatMap((set) => Object.values(set).flat())
        .filter(({ stem }) => !taken.has(stem) && taken.add(stem));
      const others = new Set(sets.flatMap((set) => [...set.generate, ...set["test-ab"]]));
      const open = all.filter((item) => !others.has(item));
      return [behavior, { all, open: open.length > 0 ? open : all }];
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
