import { CaaError, type Interval, meanOfStrata, meanWithIntervals } from "@caa/core";
import type { MeanSummary } from "../results/summary-schema.ts";

/** A figure of one item; items without category stand for themselves. */
export interface ItemValue {
  readonly value: number;
  readonly category: string | null;
}

export interface MeanOverItemsOptions {
  /** In (0, 1). */
  readonly confidence: number;
  /** Of the bootstrap. */
  readonly seed: number;
  /** Between which the figure can lie, as `meanOfStrata` takes it. */
  readonly range?: Interval;
}

/**
 * The mean of a figure over items with its intervals. Items without category: the plain mean, with Student's t and the
 * bootstrap. Items with categories: the mean of the categories' means, each counting alike however many items it has,
 * `1/K sum_k mean_k`, with two intervals that answer two questions. The bootstrap draws items within each category, as
 * `meanOfStrata` makes it: how well the mean of these very categories is known. Student's t is over the K means, each category
 * a cluster: what other categories of the kind would give; null for a single one.
 * @throws {CaaError} empty-selection without items; invalid-argument when some have a category and some do not
 */
export function meanOverItems(
  items: readonly ItemValue[],
  options: MeanOverItemsOptions,
): MeanSummary {
  const known = items.filter(({ category }) => category !== null).length;
  if (known === 0) {
    const values = items.map(({ value }) => value);
    const { mean, t, bootstrap } = meanWithIntervals(values, options);
    return { mean, t, bootstrap };
  }
  if (known !== items.length) {
    const message = `meanOverItems: expected a category for every item or for none, got ${known} of ${items.length}`;
    throw new CaaError("invalid-argument", message);
  }
  const categories = categoryMeans(items);
  const { t } = meanWithIntervals(
    categories.map(({ mean }) => mean),
    { ...options, resamples: 100 }, // of no use here
  );
  return {
    ...meanOfStrata(
      categories.map(({ values }) => values),
      options,
    ),
    t,
  };
}

/** Items by category, in the order in which categories first come. */
export function categoryMeans(items: readonly ItemValue[]): ReadonlyArray<{
  readonly category: string;
  readonly values: readonly number[];
  readonly mean: number;
}> {
  const groups = new Map<string, number[]>();
  for (const { value, category } of items) {
    const name = category ?? "";
    const group = groups.get(name);
    if (group === undefined) {
      groups.set(name, [value]);
    } else {
      group.push(value);
    }
  }
  return [...groups].map(([category, values]) => ({ category, values, mean: average(values) }));
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
