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

/**
 * The letters that a question offers, in the order of its text: `(A) ...` at the start of a line after its last
 * `Choices:`, or in the whole text where there is no such label. Where fewer than two lines start so, choices that
 * share a line count as well: `Choices: (A) Yes (B) No`.
 */
export function offeredLetters(question: string): readonly Letter[] {
  const label = question.lastIndexOf("Choices:");
  const choices = label < 0 ? question : question.slice(label + "Choices:".length);
  const atLineStart = collect(choices, /(?:^|[\r\n])[^\S\r\n]*\(([A-H])\)/g);
  return atLineStart.length >= 2 ? atLineStart : collect(choices, /(?:^|\s)\(([A-H])\)/g);
}

function collect(text: string, pattern: RegExp): Letter[] {
  const letters = new Set<Letter>();
  for (const match of text.matchAll(pattern)) {
    const letter = toLetter(match[1]);
    if (letter !== null) {
      letters.add(letter);
    }
  }
  return [...letters];
}
