import type { Behavior } from "../behaviors/behavior.ts";
import type { DirectionProbe, DirectionVerdict } from "../behaviors/direction-probe.ts";
import type { Letter } from "../items/letter.ts";
import type { DataKind } from "../layout/data-files.ts";
import type { Problem } from "../read/problem.ts";

/** Lengths of texts, in characters. */
export interface Lengths {
  readonly min: number;
  readonly p25: number;
  readonly median: number;
  readonly p75: number;
  readonly p95: number;
  readonly max: number;
}

/** An item of a file, such as `{item: 3, line: 4}`. */
export interface Place {
  readonly item: number;
  readonly line: number | null;
}

/** Items that say the same. */
export interface Repetition {
  readonly first: Place;
  readonly again: Place;
}

/** What one data file holds; counts are of items. */
export interface FileReport {
  readonly kinds: readonly DataKind[];
  readonly path: string;
  /** SHA-256 of the file, hex. */
  readonly hash: string;
  /** Good ones. */
  readonly items: number;
  /** How often each letter is the matching answer; empty for open-ended questions. */
  readonly matchingLetters: Readonly<Partial<Record<Letter, number>>>;
  /** Of the questions with their choices. Null when there is no good item. */
  readonly lengths: Lengths | null;
  readonly moreThanTwoChoices: number;
  /** With choices that no `Choices:` announces. */
  readonly withoutChoicesLabel: number;
  /** With a choice such as `(A)Yes`, no blank after the bracket. */
  readonly withoutBlankAfterLetter: number;
  /** With a `Question:` or `Answer:` somewhere in the text, which `caa data process` takes out. */
  readonly labels: number;
  /** The same question and choices, in any order, as an item before. */
  readonly duplicates: readonly Repetition[];
  /** Those of the duplicates whose matching answer is another one. */
  readonly contradictions: readonly Repetition[];
  /** The same text before the choices as an item before, but other choices. */
  readonly repeatedStems: readonly Repetition[];
  /** What reading changed, in words. */
  readonly notes: readonly string[];
  /** All, in the order of the file. */
  readonly problems: readonly Problem[];
}

/** Test items whose text before the choices stands in the contrast pairs as well: their scores are of what was trained on. */
export interface Leak {
  readonly kind: "test-ab" | "test-open-ended";
  /** How many test items. */
  readonly count: number;
  readonly places: ReadonlyArray<{ readonly generate: Place; readonly test: Place }>;
}

/** All that `checkBehavior` finds. */
export interface BehaviorReport {
  readonly name: string;
  readonly place: string;
  /** Whether everything can be used: no problem in any file. */
  readonly valid: boolean;
  /** From its `behavior.json`; null without one, or with a wrong one. */
  readonly declared: Behavior | null;
  readonly files: readonly FileReport[];
  readonly leaks: readonly Leak[];
  /** Which way the texts of the contrast pairs point; null for behaviors whose texts nothing is known of. */
  readonly direction: DirectionReport | null;
  /** In all files, `behavior.json` too. */
  readonly problems: readonly Problem[];
  /** What is allowed but should be known. */
  readonly warnings: readonly Warning[];
}

export interface DirectionReport extends DirectionProbe {
  /** Whether they point as declared, or as the name says where nothing is. */
  readonly verdict: DirectionVerdict;
}

export interface Warning {
  /** The file that it is about; null for the behavior. */
  readonly path: string | null;
  readonly text: string;
}
