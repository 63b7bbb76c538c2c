const GAP = "  ";

/** Texts beside each other, each in a column of its own, broken between words; every line ends in a line break. */
export function sideBySide(texts: readonly string[], width: number): string {
  const columns = texts.map((text) => wrap(text, width));
  const height = Math.max(0, ...columns.map((lines) => lines.length));
  return Array.from({ length: height }, (_, i) =>
    columns
      .map((lines) => (lines[i] ?? "").padEnd(width))
      .join(GAP)
      .trimEnd(),
  )
    .map((line) => `${line}\n`)
    .join("");
}

/**
 * A text as lines of at most so many characters, longer words cut. What a model writes may hold anything: control characters,
 * which a terminal obeys, are shown as a replacement character.
 */
export function wrap(text: string, width: number): readonly string[] {
  const words = text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\p{Cc}\p{Cf}]/gu, "\ufffd")
    .trim()
    .split(" ")
    .flatMap((word) => cut([...word], width));
  const lines: string[] = [];
  for (const word of words) {
    const last = lines.at(-1);
    if (last !== undefined && [...last].length + 1 + [...word].length <= width) {
      lines[lines.length - 1] = `${last} ${word}`;
    } else {
      lines.push(word);
    }
  }
  return lines;
}

function cut(word: readonly string[], width: number): readonly string[] {
  return word.length <= width
    ? [word.join("")]
    : [word.slice(0, width).join(""), ...cut(word.slice(width), width)];
}
