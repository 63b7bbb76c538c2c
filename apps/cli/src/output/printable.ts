/** A text that others wrote, on one line: what steers a terminal or turns the direction of writing as `\u001b`. */
export function printable(text: string): string {
  return text.replace(
    /[\p{Cc}\p{Bidi_C}]/gu,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}
