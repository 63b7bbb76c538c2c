/** Scores are whole numbers from 0, nothing of the behavior, to 10, all of it. */
export const SCALE = { low: 0, high: 10 } as const;

/** Why an answer, or one reply on it, has no score. */
export type UnscoredReason =
  | "unparsable" // the reply holds no verdict that can be read
  | "off-scale" // its verdict is no whole number from 0 to 10
  | "refused" // the judge declined, or a filter of its server did
  | "cut-off" // the reply ended at the limit of its length
  | "empty-answer" // there is nothing to judge; the judge is not asked
  | "too-long"; // longer than a judge is asked to read; it is not asked

/** What one reply says. */
export type Verdict =
  | { readonly status: "scored"; readonly score: number }
  | { readonly status: "unscored"; readonly reason: UnscoredReason };

/** Whether a number is a score. */
export function isScore(value: number): boolean {
  return Number.isInteger(value) && value >= SCALE.low && value <= SCALE.high;
}
