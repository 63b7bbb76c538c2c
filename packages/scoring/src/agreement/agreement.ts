import {
  createRandom,
  type Interval,
  meanWithIntervals,
  normalCdf,
  quantile,
  studentTQuantile,
} from "@caa/core";
import { krippendorffAlpha } from "./krippendorff-alpha.ts";
import { quadraticKappa } from "./quadratic-kappa.ts";

const CONFIDENCE = 0.95;
const RESAMPLES = 1000;
/** Of fewer, samples are so few that the interval holds the alpha of very many items in 54 to 90 % of cases. */
const FEWEST_ITEMS = 6;
/** What is left of a spread by this share of its terms is rounding. */
const ROUNDING = 1e-12;

/** How two raters who scored the same items agree. */
export interface Agreement {
  /** Items with a score of both. */
  readonly n: number;
  /** Cohen's kappa with quadratic weights; null without items, or where nothing varies. */
  readonly kappa: number | null;
  /** Krippendorff's alpha, interval. */
  readonly alpha: number | null;
  /** Bootstrap of alpha over items, 95 %; null below six items. */
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

/**
 * Quantiles of alpha over samples of n - 1 of the n items, drawn with replacement, at the levels `Φ(± t_{n-1})`: `n` draws
 * and the levels of the normal distribution would be too narrow for few items, as with `meanOfStrata`. Samples without any
 * spread have no alpha and are left out. With the number `m`, sum `s` and sum of squares `q` of each item's scores, alpha on the interval scale is
 * `1 - (M - 1) sum_i (m_i q_i - s_i^2) / (m_i - 1) / (M Q - S^2)`, the capitals summed over items.
 */
function alphaInterval(
  ratings: readonly (readonly (number | null)[])[],
  seed: number,
): Interval | null {
  const items = ratings[0]?.length ?? 0;
  if (items < FEWEST_ITEMS) {
    return null;
  }
  const known = ratings.flat().filter((score) => score !== null);
  const center = known.reduce((sum, score) => sum + score, 0) / known.length; // small sums round less
  const sums = Array.from({ length: items }, (_, item) => {
    const scores = ratings.flatMap((row) => {
      const score = row[item] ?? null;
      return score === null ? [] : [score - center];
    });
    const sum = scores.reduce((total, score) => total + score, 0);
    const squares = scores.reduce((total, score) => total + score * score, 0);
    const m = scores.length;
    return { m, sum, squares, within: (m * squares - sum * sum) / (m - 1) };
  });
  const random = createRandom(seed);
  const alphas = Array.from({ length: RESAMPLES }, () => {
    let [m, sum, squares, within] = [0, 0, 0, 0];
    for (let draw = 1; draw < items; draw++) {
      const drawn = sums[random.integer(items)];
      m += drawn?.m ?? 0;
      sum += drawn?.sum ?? 0;
      squares += drawn?.squares ?? 0;
      within += drawn?.within ?? 0;
    }
    const spread = m * squares - sum * sum;
    return spread <= ROUNDING * m * squares ? null : 1 - ((m - 1) * within) / spread;
  }).filter((alpha) => alpha !== null);
  if (alphas.length < RESAMPLES / 2) {
    return null;
  }
  const sorted = alphas.toSorted((x, y) => x - y);
  const t = studentTQuantile((1 + CONFIDENCE) / 2, items - 1);
  return { low: quantile(sorted, normalCdf(-t)), high: quantile(sorted, normalCdf(t)) };
}
