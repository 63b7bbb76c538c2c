import type { MeanSummary } from "../results/summary-schema.ts";

/** What steering may cost. */
export interface GuardLimits {
  /** Least mean letter mass, or nine tenths of the plain model's where that is less. @default 0.5 */
  readonly letterMass: number;
  /** Most mean Kullback-Leibler divergence of the next token from the plain model's, on harmless text, in nats. @default 0.5 */
  readonly divergence: number;
  /** Most perplexity of harmless text under steering, as a multiple of the plain model's. @default 1.5 */
  readonly perplexityRatio: number;
  /** Most rise of the mean repetition of open-ended answers. @default 0.1 */
  readonly repetitionRise: number;
  /** Most mean drop of p(correct) in MMLU. @default 0.05 */
  readonly mmluDrop: number;
}

export const GUARD_LIMITS: GuardLimits = {
  letterMass: 0.5,
  divergence: 0.5,
  perplexityRatio: 1.5,
  repetitionRise: 0.1,
  mmluDrop: 0.05,
};

/** In the order in which they are checked, from cheap to costly. */
export const GUARDS = [
  "letter_mass",
  "divergence",
  "perplexity_ratio",
  "repetition_rise",
  "mmlu_drop",
] as const;
export type GuardName = (typeof GUARDS)[number];

/** One guard on one candidate. */
export interface GuardCheck {
  readonly guard: GuardName;
  /** Items or texts. */
  readonly n: number;
  /** Null when it was not measured. */
  readonly value: MeanSummary | null;
  readonly limit: number;
  /** By the mean; null when it was not measured. */
  readonly passed: boolean | null;
  /** Why it was not measured; null when it was. */
  readonly note: string | null;
}

/** The least letter mass that a model with this plain mass has to keep. */
export function letterMassLimit(limit: number, plain: number): number {
  return Math.min(limit, 0.9 * plain);
}

export function checkMost(
  guard: GuardName,
  n: number,
  value: MeanSummary,
  limit: number,
): GuardCheck {
  return { guard, n, value, limit, passed: value.mean <= limit, note: null };
}

export function notChecked(guard: GuardName, limit: number, note: string): GuardCheck {
  return { guard, n: 0, value: null, limit, passed: null, note };
}
