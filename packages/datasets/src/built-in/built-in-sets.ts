import type { BehaviorName } from "../behaviors/known-behaviors.ts";
import { type AbItem, abItemSchema } from "../items/ab-item.ts";
import type { OpenEndedItem } from "../items/open-ended-item.ts";
import { type DataKind, PLACES } from "../layout/data-files.ts";
import { itemsFile, type OutputFile, sha256Of } from "../process/write-set.ts";
import { PUBLISHED_SIZES } from "../process/published-sizes.ts";
import type { DataSet } from "../read/read-set.ts";
import { BUILT_IN_SEED, builtInItems, type BuiltInOptions } from "./built-in-items.ts";
import type { GrammarItem } from "./grammar.ts";

/** Our contrast pairs or A/B test items of a behavior, as reading the file that `builtInFiles` gives would. */
export function builtInAbSet(
  behavior: BehaviorName,
  kind: "generate" | "test-ab",
  options: BuiltInOptions = {},
): DataSet<AbItem> {
  const items = builtInItems(behavior, options)[kind];
  return describe(
    behavior,
    kind,
    items,
    options,
    items.map((item) => abItemSchema.parse(toRecord(item))),
  );
}

/** Our open-ended questions on a behavior, as `builtInAbSet`. */
export function builtInOpenEndedSet(
  behavior: BehaviorName,
  options: BuiltInOptions = {},
): DataSet<OpenEndedItem> {
  const kind = "test-open-ended";
  const items = builtInItems(behavior, options)[kind];
  return describe(behavior, kind, items, options, items.map(toQuestion));
}

function describe<Item>(
  behavior: BehaviorName,
  kind: DataKind,
  made: readonly GrammarItem[],
  { seed = BUILT_IN_SEED }: BuiltInOptions,
  items: readonly Item[],
): DataSet<Item> {
  const suffix = seed === BUILT_IN_SEED ? "" : `?seed=${seed}`;
  return {
    path: `built-in:${behavior}/${kind}${suffix}`,
    hash: sha256Of(setFile(behavior, kind, made).text),
    behavior,
    items,
  };
}

/** The file of a set, in the layout and format of the published ones. */
export function setFile(
  behavior: BehaviorName,
  kind: DataKind,
  items: readonly GrammarItem[],
): OutputFile {
  const { folder, name } = PLACES[kind];
  const content = kind === "test-open-ended" ? items.map(toQuestion) : items.map(toRecord);
  return itemsFile(`${folder}/${behavior}/${name}.json`, content, published(behavior, kind));
}

function published(behavior: BehaviorName, kind: DataKind): number {
  const { generate, testAb, testOpenEnded } = PUBLISHED_SIZES[behavior];
  return { generate, "test-ab": testAb, "test-open-ended": testOpenEnded }[kind];
}

function toQuestion({ stem }: GrammarItem): OpenEndedItem {
  return { question: stem };
}

function toRecord(item: GrammarItem): Record<string, string> {
  const [a, b] =
    item.matchingLetter === "A"
      ? [item.matching, item.notMatching]
      : [item.notMatching, item.matching];
  return {
    question: `${item.stem}\n\nChoices:\n (A) ${a}\n (B) ${b}`,
    answer_matching_behavior: `(${item.matchingLetter})`,
    answer_not_matching_behavior: item.matchingLetter === "A" ? "(B)" : "(A)",
  };
}
