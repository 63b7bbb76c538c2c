import { createHash } from "node:crypto";
import { CaaError, createRandom } from "@caa/core";
import { type AbItem, type DataSet, topicKey } from "@caa/datasets";

/** Two parts of a set's items that have no question in common. */
export interface SplitItems {
  /** On which something is chosen. */
  readonly choose: DataSet<AbItem>;
  /** On which what was chosen is measured. */
  readonly report: DataSet<AbItem>;
}

/** Fewer items have no interval. */
const FEWEST = 2;

/**
 * Splits items into two halves by a seed. Each matching letter goes to both halves alike, since a push toward one letter would
 * else look like an effect, and items that ask the same stay together, since a question that was chosen on is not new. The
 * hashes of the halves tell them from each other, from the whole and from the halves of other seeds.
 * @throws {CaaError} empty-selection when a half has fewer than two items
 */
export function splitItems(set: DataSet<AbItem>, seed: number): SplitItems {
  const groups = new Map<string, AbItem[]>();
  for (const item of set.items) {
    const key = topicKey(item.question);
    groups.set(key, [...(groups.get(key) ?? []), item]);
  }
  const halves = [new Set<AbItem>(), new Set<AbItem>()] as const;
  for (const group of createRandom(seed).shuffle([...groups.values()])) {
    const letter = group[0]?.matchingLetter;
    const [a, b] = halves.map((half) => ({
      letter: [...half].filter(({ matchingLetter }) => matchingLetter === letter).length,
      all: half.size,
    }));
    const second = (a?.letter ?? 0) - (b?.letter ?? 0) || (a?.all ?? 0) - (b?.all ?? 0);
    for (const item of group) {
      halves[second > 0 ? 1 : 0].add(item);
    }
  }
  const [choose, report] = halves;
  if (Math.min(choose.size, report.size) < FEWEST) {
    const message = `${set.behavior}: expected test items for two halves of ${FEWEST} or more with other questions each, got ${choose.size} and ${report.size}`;
    throw new CaaError("empty-selection", message, { facts: { path: set.path } });
  }
  const half = (name: string, chosen: ReadonlySet<AbItem>): DataSet<AbItem> => ({
    ...set,
    hash: createHash("sha256").update(`${set.hash} seed ${seed} ${name}`).digest("hex"),
    items: set.items.filter((item) => chosen.has(item)),
  });
  return { choose: half("choose", choose), report: half("report", report) };
}
