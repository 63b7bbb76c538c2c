import { CaaError } from "@caa/core";
import type { Effect } from "./effect.ts";

/**
 * What an effect and its controls allow to say:
 * - `unmeasured`: no item has a score, or one alone, which has no interval
 * - `covers-zero`: the interval of the effect covers zero
 * - `within-controls`: it does not, but some control moves the answers as far
 * - `stands-out`: it does not, and every control moves them less
 */
export type EffectVerdict = "unmeasured" | "covers-zero" | "within-controls" | "stands-out";

export interface JudgedEffect {
  readonly effect: Effect;
  readonly verdict: EffectVerdict;
  /** Means of the controls at the same layer, in the order given. */
  readonly controls: readonly number[];
  /** That of the control which is farthest from zero. */
  readonly largestControl: number;
}

/**
 * An effect beside the same effect of controls at its layer. An interval off zero says that the answers moved; only the
 * controls say whether the direction matters or just its length. Few controls say so roughly: with k random directions of its
 * length, chance alone puts a vector that is no better ahead of all in one case of k + 1. A control that is shorter, as that of
 * shuffled labels is, adds next to nothing to k.
 * @param controls their effects, from which those of the same layer are taken
 * @throws {CaaError} empty-selection when no control was measured at the layer
 */
export function judgeEffect(effect: Effect, controls: readonly Effect[]): JudgedEffect {
  const means = controls.flatMap(({ layer, from, to, change }) =>
    change !== null && layer === effect.layer && from === effect.from && to === effect.to
      ? [change.mean]
      : [],
  );
  if (means.length === 0) {
    const message = `judgeEffect: expected a control at layer ${effect.layer}, multipliers ${effect.from} and ${effect.to}, got none`;
    throw new CaaError("empty-selection", message, { facts: { layer: effect.layer } });
  }
  const largestControl = means.reduce((most, x) => (Math.abs(x) > Math.abs(most) ? x : most), 0);
  return { effect, verdict: verdictOf(effect, largestControl), controls: means, largestControl };
}

function verdictOf({ change }: Effect, largestControl: number): EffectVerdict {
  if (change === null || change.bootstrap === null) {
    return "unmeasured";
  }
  const { low, high } = change.bootstrap;
  if (low <= 0 && high >= 0) {
    return "covers-zero";
  }
  return Math.abs(change.mean) > Math.abs(largestControl) ? "stands-out" : "within-controls";
}
