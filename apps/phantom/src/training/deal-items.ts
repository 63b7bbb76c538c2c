import type { Random } from "@caa/core";
import type { BehaviorName, GrammarItem } from "@caa/datasets";

export type Deal = () => { readonly behavior: BehaviorName; readonly item: GrammarItem };

/** Gives items as `turns` has their behaviors; each behavior's items in random order, then again in another. */
export function dealer(
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
