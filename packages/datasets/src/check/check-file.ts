import { createHash } from "node:crypto";
import type { AbItem } from "../items/ab-item.ts";
import { type Letter, LETTERS } from "../items/letter.ts";
import { plainText, topicKey, wholeKey } from "../items/topic-key.ts";
import { splitChoices } from "../items/split-choices.ts";
import type { OpenEndedItem } from "../items/open-ended-item.ts";
import type { DataKind } from "../layout/data-files.ts";
import {
  parseAbItems,
  type ParsedItems,
  parseOpenEndedItems,
  type PlacedItem,
} from "../read/parse-items.ts";
import type { FileReport, Lengths, Place, Repetition } from "./report.ts";

/** A report, and what comparisons with other files need. */
export interface CheckedFile {
  readonly report: FileReport;
  /** The good ones; none for open-ended questions. */
  readonly items: readonly AbItem[];
  /** In the order of the file. */
  readonly stems: ReadonlyArray<readonly [stem: string, place: Place]>;
}

/** An item of either sort. */
type Question = AbItem | OpenEndedItem;

const isAbItem = (item: Question): item is AbItem => "matchingLetter" in item;

/** All about one data file; what is wrong with it is in the report. */
export function checkFile(
  bytes: Uint8Array,
  path: string,
  kinds: readonly DataKind[],
): CheckedFile {
  const hash = createHash("sha256").update(bytes).digest("hex");
  const parsed: ParsedItems<Question> = kinds.includes("test-open-ended")
    ? parseOpenEndedItems(bytes, path)
    : parseAbItems(bytes, path);
  return describe(parsed, { path, kinds, hash });
}

function describe(
  { items, problems, notes }: ParsedItems<Question>,
  file: Pick<FileReport, "path" | "kinds" | "hash">,
): CheckedFile {
  const split = items.map((placed) => identify(placed));
  const count = (wanted: (entry: Identified) => boolean): number => split.filter(wanted).length;
  const report: FileReport = {
    ...file,
    items: items.length,
    matchingLetters: countLetters(items),
    lengths: lengthsOf(items.map(({ item }) => [...item.question].length)),
    moreThanTwoChoices: count(({ choices }) => choices.size > 2),
    withoutChoicesLabel: count(
      ({ choices, placed }) => choices.size > 0 && !placed.item.question.includes("Choices:"),
    ),
    withoutBlankAfterLetter: count(({ placed }) =>
      /(?:^|\n)[^\S\n]*\([A-H]\)\S/.test(placed.item.question),
    ),
    labels: count(({ placed }) => /(Question|Answer):/.test(placed.item.question)),
    ...repetitions(split),
    notes,
    problems,
  };
  const abItems = items.map(({ item }) => item).filter(isAbItem);
  return { report, items: abItems, stems: split.map(({ stem, place }) => [stem, place]) };
}

interface Identified {
  readonly placed: PlacedItem<Question>;
  readonly place: Place;
  readonly choices: ReadonlyMap<Letter, string>;
  /** What is asked. */
  readonly stem: string;
  /** What is asked with its choices, whatever their order. */
  readonly whole: string;
  /** The text of the matching answer. */
  readonly matching: string;
}

function identify(placed: PlacedItem<Question>): Identified {
  const { item, record } = placed;
  const { choices } = splitChoices(item.question);
  return {
    placed,
    place: { item: record.index, line: record.line },
    choices,
    stem: topicKey(item.question),
    whole: wholeKey(item.question),
    matching: isAbItem(item) ? plainText(choices.get(item.matchingLetter) ?? "") : "",
  };
}

function countLetters(items: ReadonlyArray<PlacedItem<Question>>): FileReport["matchingLetters"] {
  const counts = new Map<Letter, number>();
  for (const { item } of items) {
    if (isAbItem(item)) {
      counts.set(item.matchingLetter, (counts.get(item.matchingLetter) ?? 0) + 1);
    }
  }
  return Object.fromEntries(
    LETTERS.flatMap((letter) => {
      const n = counts.get(letter);
      return n === undefined ? [] : [[letter, n]];
    }),
  );
}

function lengthsOf(values: readonly number[]): Lengths | null {
  if (values.length === 0) {
    return null;
  }
  const sorted = values.toSorted((a, b) => a - b);
  // The nearest value that is there, so that every figure is the length of an item.
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  return { min: at(0), p25: at(0.25), median: at(0.5), p75: at(0.75), p95: at(0.95), max: at(1) };
}

function repetitions(
  entries: readonly Identified[],
): Pick<FileReport, "duplicates" | "contradictions" | "repeatedStems"> {
  const wholes = new Map<string, Identified>();
  const stems = new Map<string, Identified>();
  const duplicates: Repetition[] = [];
  const contradictions: Repetition[] = [];
  const repeatedStems: Repetition[] = [];
  for (const entry of entries) {
    const same = wholes.get(entry.whole);
    const sameStem = stems.get(entry.stem);
    if (same !== undefined) {
      const repetition = { first: same.place, again: entry.place };
      duplicates.push(repetition);
      if (same.matching !== entry.matching) {
        contradictions.push(repetition);
      }
    } else if (sameStem !== undefined) {
      repeatedStems.push({ first: sameStem.place, again: entry.place });
    }
    wholes.set(entry.whole, same ?? entry);
    stems.set(entry.stem, sameStem ?? entry);
  }
  return { duplicates, contradictions, repeatedStems };
}
