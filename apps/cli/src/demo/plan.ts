/** The behavior whose vector is looked at closely. */
export const TARGET = "corrigible-neutral-HHH";
/** The behavior beside it: in the embedded model nothing is planted for it, so that it is the negative control. */
export const BESIDE = "refusal";

/** Between which multipliers an effect is measured; answers are shown at both and at 0. */
export const SPAN = { from: -1, to: 1 } as const;
export const ANSWERED = [SPAN.from, 0, SPAN.to] as const;
/** Measured at one layer only, beside those of the sweep. */
export const CURVE_ONLY = [-2, -1.5, -0.5, 0.5, 1.5, 2] as const;

/** How much is run. */
export interface DemoSizes {
  /** Contrast pairs a behavior, from the start of each set. @default 50 */
  readonly pairs?: number;
  /** Test items. @default all 50 */
  readonly items?: number;
  /** Of the random directions. @default 1 to 3 */
  readonly seeds?: readonly number[];
  /** Open-ended questions, from the start of the set. @default 3 */
  readonly questions?: number;
  /** Length of an answer at most. @default 40 */
  readonly maxNewTokens?: number;
}
