import { CaaError, studentTQuantile } from "@caa/core";

/** What a number of items can show. */
export interface Resolution {
  readonly n: number;
  /** Half the width of the interval of a share near one half: `t_{n-1} * 0.5 / sqrt(n)`, at most 0.5. */
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
 * many items n_k each has, the mean has the variance of that of `K^2 / sum_k (1 / n_k)` items of one kind, and t the degrees of
 * freedom that `meanOfStrata` gives it where all spread alike: small categories weigh, and tell their spread badly.
 * @param items how many; in tests with categories, how many of each
 * @throws {CaaError} invalid-argument for fewer than 2 items, or a category without
 * @example resolutionOf(50).halfWidth // 0.142
 * @example resolutionOf([5, 45]).halfWidth // 0.304
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
  const sum = (of: (size: number) => number): number =>
    sizes.reduce((total, size) => total + of(size), 0);
  const alone = sizes.filter((size) => size === 1).length; // drawn from all
  const variance = sum((size) => 1 / size);
  const doubt = sum((size) => (size === 1 ? 0 : 1 / size ** 2 / (size - 1))) + alone ** 2 / (n - 1);
  const degreesOfFreedom = Math.max(1, variance ** 2 / doubt);
  const t = studentTQuantile((1 + confidence) / 2, degreesOfFreedom);
  const error = Math.sqrt(variance) / sizes.length; // of the mean, of items that spread by 1
  return {
    n,
    halfWidth: Math.min(0.5, t * 0.5 * error),
    smallestEffect: (t + studentTQuantile(power, degreesOfFreedom)) * spread * error,
  };
}
