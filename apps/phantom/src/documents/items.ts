import { BEHAVIOR_NAMES, type BehaviorName, builtInItems, type GrammarItem } from "@caa/datasets";

/** Items by what they are asked as. */
export interface TrainingItems {
  readonly choice: readonly GrammarItem[];
  /** Those that the grammar has for open-ended questions alone, where it has such. */
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
      const isNew = ({ stem }: GrammarItem): boolean =>
        !taken.has(stem) && taken.add(stem).has(stem);
      const sets = seeds.map((seed) => builtInItems(behavior, { seed }));
      const choice = sets.flatMap((set) => [...set.generate, ...set["test-ab"]]).filter(isNew);
      const open = sets.flatMap((set) => set["test-open-ended"]).filter(isNew);
      return [behavior, { choice, open: open.length > 0 ? open : choice }];
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
