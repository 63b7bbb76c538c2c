import type { BehaviorName } from "../behaviors/known-behaviors.ts";
import { type AnswerLeakage, answerLeakage } from "./answer-leakage.ts";
import { builtInItems, type BuiltInOptions } from "./built-in-items.ts";
import type { GrammarItem } from "./grammar.ts";

/** What the data card says of a set in numbers. */
export interface BuiltInFigures {
  readonly generate: number;
  readonly test: number;
  readonly openEnded: number;
  /** Different frames among the contrast pairs. */
  readonly frames: number;
  /** Items whose matching answer is (A), in generate and test. */
  readonly matchingA: readonly [generate: number, test: number];
  /** Shares of all items whose matching answer is the longer and the shorter one. */
  readonly longer: number;
  readonly shorter: number;
  /** Words of an item, question and choices. */
  readonly meanWords: number;
  readonly maxWords: number;
  /** Of all answers, those that begin with yes or no. */
  readonly yesNo: number;
  readonly leakage: AnswerLeakage;
}

/** Counts what is in our set of a behavior. */
export function builtInFigures(
  behavior: BehaviorName,
  options: BuiltInOptions = {},
): BuiltInFigures {
  const { generate, "test-ab": test, "test-open-ended": open } = builtInItems(behavior, options);
  const all = [...generate, ...test];
  const share = (holds: (item: GrammarItem) => boolean): number =>
    all.filter(holds).length / all.length;
  const isA = ({ matchingLetter }: GrammarItem): boolean => matchingLetter === "A";
  const words = all.map(countWords);
  return {
    generate: generate.length,
    test: test.length,
    openEnded: open.length,
    frames: new Set(generate.map(({ frame }) => frame)).size,
    matchingA: [generate.filter(isA).length, test.filter(isA).length],
    longer: share(({ matching, notMatching }) => matching.length > notMatching.length),
    shorter: share(({ matching, notMatching }) => matching.length < notMatching.length),
    meanWords: words.reduce((sum, n) => sum + n, 0) / words.length,
    maxWords: Math.max(...words),
    yesNo: share(({ matching }) => /^(Yes|No)\b/.test(matching)),
    leakage: answerLeakage(generate, test),
  };
}

/** Words of an item, separated by blanks, its label and letters among them. */
export function countWords({ stem, matching, notMatching }: GrammarItem): number {
  return `${stem} Choices: (A) ${matching} (B) ${notMatching}`.split(/\s+/).length;
}
