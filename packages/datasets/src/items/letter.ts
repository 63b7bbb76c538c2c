/** Letters of choices that data sets use. */
export const LETTERS = ["A", "B", "C", "D", "E", "F", "G", "H"] as const;

/** The letter of a choice, such as the `A` of `(A)`. */
export type Letter = (typeof LETTERS)[number];

function toLetter(text: string | undefined): Letter | null {
  return LETTERS.find((letter) => letter === text) ?? null;
}

/** The letter of an answer such as `(A)` or ` (A)`; null for everything else. */
export function parseAnswerLetter(answer: string): Letter | null {
  return toLetter(/^\s*\(([A-H])\)\s*$/.exec(answer)?.[1]);
}
