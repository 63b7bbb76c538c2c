/** The two answers of an item, as texts. */
export interface AnswerPair {
  readonly matching: string;
  readonly notMatching: string;
}

export interface AnswerLeakage {
  /** Share of single answers that are put on the right side. */
  readonly accuracy: number;
  /** Share of items in which the matching answer gets the higher score. */
  readonly pairAccuracy: number;
}

/**
 * How well answers tell their side without the question: a multinomial naive Bayes classifier over bags of words, with one
 * added to each count, fitted to `train`, applied to `test`. A tie counts one half, so that 0.5 is chance.
 * `score(text) = sum over its words of log((m(w) + 1) / (M + V)) - log((n(w) + 1) / (N + V))`
 * with counts m and n of the word in matching and other answers, their sums M and N, and V different words.
 */
export function answerLeakage(
  train: readonly AnswerPair[],
  test: readonly AnswerPair[],
): AnswerLeakage {
  const matching = countWords(train.map((pair) => pair.matching));
  const other = countWords(train.map((pair) => pair.notMatching));
  const vocabulary = new Set([...matching.counts.keys(), ...other.counts.keys()]).size;
  const score = (text: string): number =>
    words(text).reduce(
      (sum, word) =>
        sum +
        Math.log(((matching.counts.get(word) ?? 0) + 1) / (matching.total + vocabulary)) -
        Math.log(((other.counts.get(word) ?? 0) + 1) / (other.total + vocabulary)),
      0,
    );
  const above = (x: number): number => (Math.abs(x) < 1e-9 ? 0.5 : x > 0 ? 1 : 0);
  let [single, pairs] = [0, 0];
  for (const pair of test) {
    const [a, b] = [score(pair.matching), score(pair.notMatching)];
    single += (above(a) + above(-b)) / 2;
    pairs += above(a - b);
  }
  return { accuracy: single / test.length, pairAccuracy: pairs / test.length };
}

function words(text: string): readonly string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}

function countWords(texts: readonly string[]): {
  counts: ReadonlyMap<string, number>;
  total: number;
} {
  const counts = new Map<string, number>();
  const all = texts.flatMap(words);
  for (const word of all) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return { counts, total: all.length };
}
