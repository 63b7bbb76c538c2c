import { createHash } from "node:crypto";
import { CaaError } from "@caa/core";
import { type AbItem, type DataSet, withoutTopicsOf } from "@caa/datasets";
import type { TunePlan } from "./tune-options.ts";

/** Test items that a tuning may use. */
export interface FreshItems {
  readonly dataset: DataSet<AbItem>;
  /** How many ask what one of the vectors' contrast pairs asks; null where those pairs are not at hand. */
  readonly leftOut: number | null;
}

/**
 * Leaves out the test items that ask what a contrast pair of the vectors asks, since a vector may know more of them than of new
 * ones. Its pairs are told by their hash.
 * @throws {CaaError} empty-selection when none is left
 */
export function freshItems({
  vectors,
  dataset,
  pairs,
}: Pick<TunePlan, "vectors" | "dataset" | "pairs">): FreshItems {
  const { datasetHash } = vectors.metadata;
  const made = [pairs, dataset].find((set) => set?.hash === datasetHash) ?? null;
  if (made === null) {
    return { dataset, leftOut: null };
  }
  const items = withoutTopicsOf(dataset.items, made.items);
  const leftOut = dataset.items.length - items.length;
  if (items.length === 0) {
    const message = `${dataset.behavior}: expected test items that ask something else than the contrast pairs that the vectors were made of, got none among ${leftOut}; hold some out`;
    throw new CaaError("empty-selection", message, { facts: { path: dataset.path } });
  }
  const hash = createHash("sha256").update(`${dataset.hash} without ${made.hash}`).digest("hex");
  return { dataset: leftOut === 0 ? dataset : { ...dataset, hash, items }, leftOut };
}
