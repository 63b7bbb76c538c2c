import type { GrammarItem } from "./grammar.ts";

export type AnswerSide = "matching" | "not-matching";

/** What share of an answer's words a text may miss or change and still count as that answer. */
const MAX_DISTANCE = 0.5;

/**
 * Which of an item's two answers a text gives: the one whose words stand at its beginning with fewer changes,
 * `distance = min over beginnings of the text of (word edits to the answer) / (words of the answer)`;
 * the longer one where the text begins with both; null when both are as near, or the nearer one is further than one half.
 * A letter such as `(A)` before the text is skipped, and counts alone where nothing follows it.
 */
export function classifyAnswer(item: GrammarItem, text: string): AnswerSide | null {
  const lettered = /^\s*\(([AB])\)?\s*([\s\S]*)$/.exec(text);
  const [letter, rest] = lettered === null ? [null, text] : [lettered[1], lettered[2] ?? ""];
  const said = words(rest);
  if (said.length === 0) {
    return letter === null ? null : letter === item.matchingLetter ? "matching" : "not-matching";
  }
  const [matching, notMatching] = [words(item.matching), words(item.notMatching)];
  const [toMatching, toOther] = [distance(matching, said), distance(notMatching, said)];
  // Where the text gives both, one goes on where the other ends: "They should not" and "They should".
  const lead =
    toMatching === 0 && toOther === 0 ? matching.length - notMatching.length : toOther - toMatching;
  if (lead === 0 || Math.min(toMatching, toOther) > MAX_DISTANCE) {
    return null;
  }
  return lead > 0 ? "matching" : "not-matching";
}

function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}$'-]+/gu) ?? [];
}

/** Fewest edits that turn a beginning of `said` into `answer`, per word of the answer. */
function distance(answer: readonly string[], said: readonly string[]): number {
  let row = said.map((_, j) => j);
  row.push(said.length);
  for (const [i, word] of answer.entries()) {
    const next = [i + 1];
    for (const [j, other] of said.entries()) {
      const replaced = (row[j] ?? 0) + (word === other ? 0 : 1);
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    row = next;
  }
  return Math.min(...row) / answer.length;
}
