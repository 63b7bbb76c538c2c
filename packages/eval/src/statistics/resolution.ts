import { CaaError, studentTQuantile } from "@caa/core";

/** What a number of items can show. */
export interface Resolution {
  readonly n: number;
  /** Half the width of the interval of a share near one half: `t_{n-1} * 0.5 / sqrt(n)`. */
  readonly halfWidth: number;
  /**
   * The smallest difference between two multipliers that is found with the given power, on the same items:
   * `(t_{n-1}((1 + confidence) / 2) + t_{n-1}(power)) * s / sqrt(n)`, s the standard deviation of the items' changes.
   */
  readonly smallestEffect: number;
}

export interface ResolutionOptions {
  /** @default 0.95 */
  readonly confidence?: number;
  /** How often an effect of that size is found. @default 0.8 */
  readonly power?: number;
  /** Standard deviation of one item's change. @default 0.5, which is a lot: half of the items turn around, the rest stay */
  readonly spread?: number;
}

/**
 * What items can show before anything is measured; real changes mostly spread less. Of K categories that count alike, however
 * many items n_k each has, the mean has the variance of that of `K^2 / sum_k (1 / n_k)` items of one kind: small categories
 * weigh.
 * @param items how many; in tests with categories, how many of each
 * @throws {CaaError} invalid-argument for fewer than 2 items, or a category without
 * @example resolutionOf(50).halfWidth // 0.142
 * @example resolutionOf([5, 45]).halfWidth // 0.249, as of 18 items
 */
export function resolutionOf(
  items: number | readonly number[],
  { confidence = 0.95, power = 0.8, spread = 0.5 }: ResolutionOptions = {},
): Resolution {
  const sizes = typeof items === "number" ? [items] : items;
  const n = sizes.reduce((sum, size) => sum + size, 0);
  if (!sizes.every((size) => Number.isSafeInteger(size) && size > 0) || n < 2) {
    const got = `${n} in ${sizes.length} categories`;
    throw new CaaError("invalid-argument", `resolutionOf: expected 2 items or more, got ${got}`);
  }
  const alike = Math.max(2, sizes.length ** 2 / sizes.reduce((sum, size) => sum + 1 / size, 0));
  const t = studentTQuantile((1 + confidence) / 2, alike - 1);
  return {
    n,
    halfWidth: (t * 0.5) / Math.sqrt(alike),
    smallestEffect: ((t + studentTQuantile(power, alike - 1)) * spread) / Math.sqrt(alike),
  };
}
