import { CaaError, meanOfStrata, meanWithIntervals } from "@caa/core";
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
}

/**
 * The mean of a figure over items with its intervals. Items without category: the plain mean, with Student's t and the
 * bootstrap. Items with categories: the mean of the categories' means, each counting alike however many items it has,
 * `1/K sum_k mean_k`, with a bootstrap within categories, as `meanOfStrata` makes it, and no t interval.
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
  const strata = categoryMeans(items).map(({ values }) => values);
  return { ...meanOfStrata(strata, options), t: null };
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
