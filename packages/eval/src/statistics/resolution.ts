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
 * What n items can show before anything is measured, at worst: real changes mostly spread less.
 * @throws {CaaError} invalid-argument for n below 2
 * @example resolutionOf(50).halfWidth // 0.142
 */
export function resolutionOf(
  n: number,
  { confidence = 0.95, power = 0.8, spread = 0.5 }: ResolutionOptions = {},
): Resolution {
  if (!Number.isSafeInteger(n) || n < 2) {
    throw new CaaError("invalid-argument", `resolutionOf: expected 2 items or more, got ${n}`);
  }
  const t = studentTQuantile((1 + confidence) / 2, n - 1);
  return {
    n,
    halfWidth: (t * 0.5) / Math.sqrt(n),
    smallestEffect: ((t + studentTQuantile(power, n - 1)) * spread) / Math.sqrt(n),
  };
}
