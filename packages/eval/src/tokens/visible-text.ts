const NAMED: Readonly<Record<string, string>> = { "\n": "↵", "\t": "⇥" };

/**
 * Controls, blanks of other kinds than the usual one, line and paragraph separators, and what Unicode says is not to be seen:
 * what has no width, what turns the direction of writing, tags, fillers.
 */
const INVISIBLE = /(?! )[\p{Cc}\p{Z}\p{Default_Ignorable_Code_Point}]/gu;

/** Longest label of a token, in characters. */
const LABEL_LENGTH = 16;

/**
 * A token's text with what cannot be seen made visible, so that it can neither hide nor act on a terminal or a page:
 * `↵` a line break, `⇥` a tab, others by their number. Blanks stay.
 */
export function visibleText(text: string): string {
  return text.replaceAll(
    INVISIBLE,
    (char) =>
      NAMED[char] ??
      `<U+${(char.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}>`,
  );
}

/** A token as a word of a table or an axis: as `visibleText`, blanks as `␣`, cut where it is long. */
export function tokenLabel(text: string): string {
  const chars = [...visibleText(text).replaceAll(" ", "␣")];
  return chars.length <= LABEL_LENGTH
    ? chars.join("")
    : `${chars.slice(0, LABEL_LENGTH - 1).join("")}…`;
}

/** The label without blanks at its start, for columns that are narrow. */
export function shortLabel(text: string): string {
  return tokenLabel(text.replace(/^ +(?=.)/s, ""));
}
