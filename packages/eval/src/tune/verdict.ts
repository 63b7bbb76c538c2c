import type { MeanSummary } from "../results/summary-schema.ts";

/**
 * Why nothing is recommended:
 * - `unreliable`: no layer has a vector that chance does not explain
 * - `no-gain`: no cell moves the items that were chosen on by as much as asked for
 * - `damaged`: every candidate that was tried fails the guard
 * - `covers-zero`: the interval on the items that were kept back reaches zero
 * - `small-gain`: the mean on them is below what was asked for
 * - `within-controls`: a control moves them as far
 */
export const REFUSALS = [
  "unreliable",
  "no-gain",
  "damaged",
  "covers-zero",
  "small-gain",
  "within-controls",
] as const;
export type Refusal = (typeof REFUSALS)[number];

export interface Verdict {
  /** Empty when the choice is recommended. */
  readonly refusals: readonly Refusal[];
  /**
   * `(1 + number of controls that move the mean as far) / (1 + number of controls)`: how often a direction that is no better
   * than random ones comes so far.
   */
  readonly chance: number;
}

/**
 * What the items that were kept back say of a choice. Its interval needs no correction for the choice, in which they had no part.
 * The controls are random directions, each at the layer that it chose itself on the same items as the vector: at the layer that
 * the vector chose they would have had less to choose from than it had.
 * @param controls mean change of each on the items that were kept back, either way
 */
export function judgeReport(
  gain: MeanSummary,
  controls: readonly number[],
  minGain: number,
): Verdict {
  const as = controls.filter((change) => Math.abs(change) >= gain.mean).length;
  const low = gain.bootstrap?.low ?? Number.NEGATIVE_INFINITY;
  return {
    refusals: [
      ...(low > 0 ? [] : ["covers-zero" as const]),
      ...(gain.mean >= minGain ? [] : ["small-gain" as const]),
      ...(as === 0 && controls.length > 0 ? [] : ["within-controls" as const]),
    ],
    chance: (1 + as) / (1 + controls.length),
  };
}
