const GRAM = 4;

/**
 * How much of a text has been said before: the share of its 4-grams of words that stood in it earlier,
 * `1 - distinct / all`, in [0, 1). 0 is a text in which nothing comes again; a loop goes toward 1. Words are runs of letters
 * and digits, in lower case; every other mark but blanks is a word of its own.
 * @returns null for fewer than 4 words, which have no 4-gram
 * @example repetition("a b c d a b c d") // 0.2: 5 4-grams, of which the last was there
 */
export function repetition(text: string): number | null {
  const words = text.toLowerCase().match(/[\p{L}\p{M}\p{N}]+|[^\s\p{L}\p{M}\p{N}]/gu) ?? [];
  const all = words.length - GRAM + 1;
  if (all < 1) {
    return null;
  }
  const distinct = new Set(
    Array.from({ length: all }, (_, i) => words.slice(i, i + GRAM).join(" ")),
  );
  return 1 - distinct.size / all;
}
