import { createHash } from "node:crypto";
import { createRandom } from "@caa/core";
import type { DataSet } from "@caa/datasets";

export interface SampleOptions<Item> {
  /** At most so many. */
  readonly count: number;
  readonly seed: number;
  /** Which items may be drawn. @default all */
  readonly keep?: (item: Item) => boolean;
}

/**
 * Some items of a set, drawn by a seed, since files are sorted by category, and given in the order of the set. The hash tells them
 * from the whole set and from other draws.
 * @returns the set itself where nothing is left out
 */
export function sampleItems<Item>(
  set: DataSet<Item>,
  { count, seed, keep = () => true }: SampleOptions<Item>,
): DataSet<Item> {
  const kept = [...set.items.keys()].filter((index) =>
    set.items.slice(index, index + 1).some(keep),
  );
  const drawn = createRandom(seed)
    .shuffle(kept)
    .slice(0, count)
    .sort((a, b) => a - b);
  const items = drawn.flatMap((index) => set.items.slice(index, index + 1));
  const hash = createHash("sha256")
    .update(`${set.hash} ${drawn.join(" ")}`)
    .digest("hex");
  return items.length === set.items.length ? set : { ...set, hash, items };
}
