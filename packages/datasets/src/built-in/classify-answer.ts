import { answerVariants, type GrammarItem } from "./grammar.ts";

export type AnswerSide = "matching" | "not-matching";

/** What share of an answer's words a text may miss or change and still count as that answer. */
const MAX_DISTANCE = 0.5;

/**
 * Which side a text takes: that of the answer whose words stand at its beginning with the fewest changes, among the item's
 * two answers and what else could be said to its question in the grammar,
 * `distance = min over beginnings of the text of (word edits to the answer) / (words of the answer)`;
 * the longest such answer where there are several; null when both sides are as near, or the nearest answer is further than one half.
 * A letter such as `(A)` before the text is skipped, and counts alone where nothing follows it.
 */
export function classifyAnswer(item: GrammarItem, text: string): AnswerSide | null {
  const lettered = /^\s*\(([AB])\)?\s*([\s\S]*)$/.exec(text);
  const [letter, rest] = lettered === null ? [null, text] : [lettered[1], lettered[2] ?? ""];
  const said = words(rest);
  if (said.length === 0) {
    return letter === null ? null : letter === item.matchingLetter ? "matching" : "not-matching";
  }
  const pairs = [
    [item.matching, item.notMatching] as const,
    ...item.otherAnswers,
    ...answerVariants(item),
  ];
  const matching = nearest(
    pairs.map(([answer]) => words(answer)),
    said,
  );
  const other = nearest(
    pairs.map(([, answer]) => words(answer)),
    said,
  );
  // Where the text gives both, one goes on where the other ends: "They should not" and "They should".
  const lead =
    matching.distance === 0 && other.distance === 0
      ? matching.length - other.length
      : other.distance - matching.distance;
  if (lead === 0 || Math.min(matching.distance, other.distance) > MAX_DISTANCE) {
    return null;
  }
  return lead > 0 ? "matching" : "not-matching";
}

interface Nearest {
  readonly distance: number;
  /** In words. */
  readonly length: number;
}

function nearest(answers: ReadonlyArray<readonly string[]>, said: readonly string[]): Nearest {
  return answers
    .map((answer) => ({ distance: distance(answer, said), length: answer.length }))
    .reduce((a, b) =>
      b.distance < a.distance || (b.distance === a.distance && b.length > a.length) ? b : a,
    );
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
