import { type Letter, LETTERS } from "./letter.ts";

/** A question taken apart: what is asked, and what each letter stands for. */
export interface SplitQuestion {
  /** The text before the choices, without outer blanks. */
  readonly stem: string;
  /** In the order of the text; of a letter that comes twice the first. */
  readonly choices: ReadonlyMap<Letter, string>;
}

/**
 * Takes a question apart at its choices: `(A) ...` at the start of a line after its last `Choices:`, or in the whole
 * text where there is no such label. Where fewer than two lines start so, choices that share a line count as well.
 */
export function splitChoices(question: string): SplitQuestion {
  const label = question.lastIndexOf("Choices:");
  const start = label < 0 ? 0 : label + "Choices:".length;
  const region = question.slice(start);
  const atLineStart = [...region.matchAll(/(?:^|[\r\n])[^\S\r\n]*\(([A-H])\)/g)];
  const matches =
    new Set(atLineStart.map(([, letter]) => letter)).size >= 2
      ? atLineStart
      : [...region.matchAll(/(?:^|\s)\(([A-H])\)/g)];
  const choices = new Map<Letter, string>();
  for (const [i, match] of matches.entries()) {
    const letter = LETTERS.find((known) => known === match[1]);
    if (letter !== undefined && !choices.has(letter)) {
      const text = region.slice(match.index + match[0].length, matches[i + 1]?.index);
      choices.set(letter, text.trim());
    }
  }
  const end = label < 0 ? (matches[0]?.index ?? question.length) : label;
  return { stem: question.slice(0, end).trim(), choices };
}

/** The letters that a question offers, in the order of its text. */
export function offeredLetters(question: string): readonly Letter[] {
  return [...splitChoices(question).choices.keys()];
}

/**
 * What a question asks, for comparison: its stem with runs of blanks as one and upper case as lower case. Items that
 * share it test the same thing, whatever the order or letters of their choices.
 */
export function stemKey(question: string): string {
  return splitChoices(question).stem.replaceAll(/\s+/g, " ").toLowerCase();
}
