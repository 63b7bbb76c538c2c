/**
 * What a question asks, without its choices: the text before its last `Choices:`, or else before the first line that
 * starts with a letter in brackets. Items that share it test the same thing, whatever the order or letters of their
 * choices. Outer blanks are off, runs of blanks are one, and upper case does not count.
 */
export function stemOf(question: string): string {
  const label = question.lastIndexOf("Choices:");
  const firstChoice = /(?:^|[\r\n])[^\S\r\n]*\([A-H]\)/.exec(question)?.index ?? question.length;
  const end = label < 0 ? firstChoice : label;
  return question.slice(0, end).replaceAll(/\s+/g, " ").trim().toLowerCase();
}
