import { NEUTRAL_QUESTION } from "./plain-pair.ts";
import { splitChoices, stemKey } from "./split-choices.ts";

/** Blanks and upper case do not tell texts apart. */
export const plainText = (text: string): string =>
  text.replaceAll(/\s+/g, " ").trim().toLowerCase();

/** A question with its choices, whatever their order and letters. */
export function wholeKey(question: string): string {
  const { stem, choices } = splitChoices(question);
  return [plainText(stem), ...[...choices.values()].map(plainText).sort()].join("\n");
}

/**
 * What an item asks, for comparison: items that share it test the same thing. It is the text before the choices; where that is
 * empty or asks what all pairs without a question ask, the choices are what tells the item apart.
 */
export function topicKey(question: string): string {
  const { stem } = splitChoices(question);
  return stem === "" || stem === NEUTRAL_QUESTION ? wholeKey(question) : stemKey(question);
}

interface Asking {
  readonly question: string;
}

/** The items that ask something else than every one of the others. */
export function withoutTopicsOf<Item extends Asking>(
  items: readonly Item[],
  others: readonly Asking[],
): readonly Item[] {
  const asked = new Set(others.map(({ question }) => topicKey(question)));
  return items.filter(({ question }) => !asked.has(topicKey(question)));
}
