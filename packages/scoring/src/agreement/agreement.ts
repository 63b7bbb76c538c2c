import { createRandom, type Interval, meanWithIntervals } from "@caa/core";
import { krippendorffAlpha } from "./krippendorff-alpha.ts";
import { quadraticKappa } from "./quadratic-kappa.ts";

const CONFIDENCE = 0.95;
const RESAMPLES = 1000;

/** How two raters who scored the same items agree. */
export interface Agreement {
  /** Items with a score of both. */
  readonly n: number;
  /** Cohen's kappa with quadratic weights; null without items, or where nothing varies. */
  readonly kappa: number | null;
  /** Krippendorff's alpha, interval. */
  readonly alpha: number | null;
  /** Percentile bootstrap of alpha over items; null below three items. */
  readonly alpha_interval: Interval | null;
  /** Mean of first less second. */
  readonly difference: number | null;
  readonly difference_interval: Interval | null;
}

/** The agreement of two raters, scores by item; items that one of them did not score are left out. */
export function agreementOf(
  first: ReadonlyMap<string, number>,
  second: ReadonlyMap<string, number>,
  { seed = 0 }: { /** Of the bootstrap. @default 0 */ readonly seed?: number } = {},
): Agreement {
  const pairs = [...first].flatMap(([id, a]) => {
    const b = second.get(id);
    return b === undefined ? [] : [[a, b] as const];
  });
  const n = pairs.length;
  if (n === 0) {
    const none = { kappa: null, alpha: null, alpha_interval: null };
    return { n, ...none, difference: null, difference_interval: null };
  }
  const a = pairs.map(([value]) => value);
  const b = pairs.map(([, value]) => value);
  const difference = meanWithIntervals(
    pairs.map(([x, y]) => x - y),
    { confidence: CONFIDENCE, seed },
  );
  return {
    n,
    kappa: quadraticKappa(a, b),
    alpha: krippendorffAlpha([a, b]),
    alpha_interval: alphaInterval([a, b], seed),
    difference: difference.mean,
    difference_interval: difference.bootstrap,
  };
}

/** The agreement of a judge with itself: alpha over the repeats, (repeats, items). */
export interface SelfAgreement {
  readonly n: number;
  readonly repeats: number;
  readonly alpha: number | null;
  readonly alpha_interval: Interval | null;
}

/** Krippendorff's alpha, interval, of several rounds of scores on the same items. @throws {CaaError} as `krippendorffAlpha` */
export function selfAgreement(
  ratings: readonly (readonly (number | null)[])[],
  { seed = 0 }: { readonly seed?: number } = {},
): SelfAgreement {
  const items = ratings[0]?.length ?? 0;
  const scored = Array.from({ length: items }, (_, item) => item).filter(
    (item) => ratings.filter((row) => (row[item] ?? null) !== null).length >= 2,
  );
  return {
    n: scored.length,
    repeats: ratings.length,
    alpha: krippendorffAlpha(ratings),
    alpha_interval: alphaInterval(
      ratings.map((row) => scored.map((item) => row[item] ?? null)),
      seed,
    ),
  };
}

/** Quantiles of alpha over samples of items drawn with replacement; samples without any spread have none and are left out. */
function alphaInterval(
  ratings: readonly (readonly (number | null)[])[],
  seed: number,
): Interval | null {
  const items = ratings[0]?.length ?? 0;
  if (items < 3) {
    return null;
  }
  const random = createRandom(seed);
  const alphas = Array.from({ length: RESAMPLES }, () => {
    const drawn = Array.from({ length: items }, () => random.integer(items));
    return krippendorffAlpha(ratings.map((row) => drawn.map((item) => row[item] ?? null)));
  }).filter((alpha) => alpha !== null);
  if (alphas.length < RESAMPLES / 2) {
    return null;
  }
  const sorted = alphas.toSorted((x, y) => x - y);
  const at = (p: number): number => sorted[Math.round(p * (sorted.length - 1))] ?? Number.NaN;
  return { low: at((1 - CONFIDENCE) / 2), high: at((1 + CONFIDENCE) / 2) };
}
