import { CaaError, createRandom, meanWithIntervals } from "@caa/core";
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

const RESAMPLES = 2000;

/**
 * The mean of a figure over items with its intervals. Items without category: the plain mean, with Student's t and the
 * percentile bootstrap. Items with categories: the mean of the categories' means, each counting alike however many items it
 * has, `1/K sum_k mean_k`, with a bootstrap within categories and no t interval.
 *
 * Within a category of n items each resample draws n - 1 with replacement (Rao and Wu), since drawing n would make the
 * interval of few items too narrow by `sqrt((n - 1) / n)`. A category of one item says nothing of its spread: its item is
 * drawn from all items, as far from the mean of all as they are, which is at least as wide.
 * @throws {CaaError} empty-selection without items; invalid-argument when some have a category and some do not
 */
export function meanOverItems(
  items: readonly ItemValue[],
  { confidence, seed }: MeanOverItemsOptions,
): MeanSummary {
  const known = items.filter(({ category }) => category !== null).length;
  if (known === 0) {
    const values = items.map(({ value }) => value);
    const { mean, t, bootstrap } = meanWithIntervals(values, {
      confidence,
      seed,
      resamples: RESAMPLES,
    });
    return { mean, t, bootstrap };
  }
  if (known !== items.length) {
    const message = `meanOverItems: expected a category for every item or for none, got ${known} of ${items.length}`;
    throw new CaaError("invalid-argument", message);
  }
  const categories = categoryMeans(items);
  const mean = average(categories.map((category) => category.mean));
  if (items.length === 1) {
    return { mean, t: null, bootstrap: null };
  }
  const overall = average(items.map(({ value }) => value));
  const all = items.map(({ value }) => value - overall);
  const strata = categories.map(({ values, mean: middle }) =>
    values.length === 1
      ? { deviations: all, draws: 1 }
      : { deviations: values.map((value) => value - middle), draws: values.length - 1 },
  );
  const random = createRandom(seed);
  const means = Float64Array.from({ length: RESAMPLES }, () => {
    let sum = 0;
    for (const { deviations, draws } of strata) {
      let drawn = 0;
      for (let i = 0; i < draws; i++) {
        drawn += deviations[random.integer(deviations.length)] ?? 0;
      }
      sum += drawn / draws;
    }
    return mean + sum / strata.length;
  }).sort();
  return {
    mean,
    t: null,
    bootstrap: {
      low: quantile(means, (1 - confidence) / 2),
      high: quantile(means, (1 + confidence) / 2),
    },
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

/** Linear between the order statistics: index `p (n - 1)` of the sorted values. */
function quantile(sorted: Float64Array, p: number): number {
  const index = p * (sorted.length - 1);
  const below = sorted[Math.floor(index)] ?? Number.NaN;
  const above = sorted[Math.ceil(index)] ?? Number.NaN;
  return below + (above - below) * (index - Math.floor(index));
}
