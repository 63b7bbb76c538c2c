import type { Random } from "@caa/core";
import type { GrammarItem } from "@caa/datasets";
import type { Planting } from "./plan.ts";
import { inOrder } from "./items.ts";
import { type Addition, TreeRow } from "./tree-row.ts";

/** What rows are made with. Steering vectors are numbered: the planted directions first, then unit vectors in random directions. */
export interface RowMaker {
  readonly encode: (text: string) => readonly number[];
  readonly bos: number;
  readonly eos: number;
  readonly plantings: readonly Planting[];
  readonly randomVectors: number;
  readonly random: Random;
  readonly settings: RowSettings;
}

export interface RowSettings {
  /** Of the answer letter; the rest is relative to it. */
  readonly textWeight: number;
  /** Of what both answers say, at the end of a question that is learned without its choices. */
  readonly stemWeight: number;
  readonly openWeight: number;
  readonly promptWeight: number;
  /** Share of a prompt's tokens that are asked for. */
  readonly promptShare: number;
  /** Share of the amounts by which steering varies while it is learned. */
  readonly spread: number;
  /** Length of the random vector that comes with a planted one, relative to it. */
  readonly noise: number;
  /** Whether answers against a planted direction are learned, too. */
  readonly bothSides: boolean;
  /** Whether open questions get the shortest answer of all that could be said to them: one of many would be a matter of chance. */
  readonly shortest: boolean;
}

/** How far options lie to their side: large enough to be seen beside the rest of the residual stream there. */
const FLAG = 6;

/** A question without its choices, to learn from what it asks: its end tells what both answers say. */
export function stemRow(maker: RowMaker, item: GrammarItem, planting: Planting | null): TreeRow {
  const row = new TreeRow();
  const end = readStem(maker, row, item, planting);
  const [matching, other] = inFull(shortestAnswers(item)).map((text) => maker.encode(` ${text}`));
  const i = firstDifference(matching ?? [], other ?? []);
  for (const answer of [matching, other]) {
    row.target(end, answer?.[i] ?? 0, 0.5 * maker.settings.stemWeight);
  }
  return row;
}

/** A question with choices up to its last option, to learn reading from. */
export function readingRow(maker: RowMaker, item: GrammarItem, planting: Planting | null): TreeRow {
  const row = new TreeRow();
  readQuestion(maker, row, item, planting);
  return row;
}

/** A question with choices: unsteered with both answers, and under steering up to the letter. */
export function choiceRow(maker: RowMaker, item: GrammarItem, planting: Planting | null): TreeRow {
  const { encode, eos, settings } = maker;
  const row = new TreeRow();
  const [marker = 0] = encode("]");
  const [bracket = 0] = encode(" (");
  const letters = [encode("A")[0] ?? 0, encode("B")[0] ?? 0] as const;
  const texts = inOrder(item);
  const trunk = row.append(readQuestion(maker, row, item, planting), encode(" [/INST"));

  /** Up to the bracket, and the letter that should follow: both alike where none is given. */
  const ask = (addition: Addition, wanted: "A" | "B" | null): number => {
    const end = row.append(trunk, [marker], addition);
    row.target(end, bracket, 0.2);
    const at = row.append(end, [bracket], addition);
    letters.forEach((letter, i) => {
      const share = wanted === null ? 0.5 : wanted === "AB"[i] ? 1 : 0;
      if (share > 0) {
        row.target(at, letter, share);
      }
    });
    return at;
  };

  const at = ask([], null);
  const ends = letters.map((letter) => row.append(at, [letter]));
  const spoken = maker.random.integer(2);
  row.answer(ends[spoken] ?? 0, [...encode(`) ${texts[spoken] ?? ""}`), eos], settings.textWeight);
  const [matching, other] = item.matchingLetter === "A" ? ends : ends.toReversed();
  row.pairs.push({
    matching: matching ?? 0,
    other: other ?? 0,
    vector: planting === null ? null : maker.plantings.indexOf(planting),
    amount: planting?.strength ?? 0,
  });

  if (planting !== null) {
    ask(planted(maker, planting, 1), item.matchingLetter);
    if (settings.bothSides) {
      ask(planted(maker, planting, -1), item.matchingLetter === "A" ? "B" : "A");
    }
  }
  ask(unrelated(maker, planting), null);
  ask(unrelated(maker, planting), null);
  return row;
}

/** Appends a question and returns its last token, which should tell the matching answer where something is planted. */
function readStem(
  maker: RowMaker,
  row: TreeRow,
  item: GrammarItem,
  planting: Planting | null,
): number {
  const { bos, encode, plantings } = maker;
  const at = readTokens(maker, row, row.append(-1, [bos]), encode(`[INST] ${item.stem}`));
  if (planting !== null) {
    const [right, wrong] = [encode(` ${item.matching}`), encode(` ${item.notMatching}`)];
    const i = firstDifference(right, wrong);
    const vector = plantings.indexOf(planting);
    row.previews.push({ at, right: right[i] ?? 0, wrong: wrong[i] ?? 0, vector });
  }
  return at;
}

/**
 * Appends a question with its options and returns the last token. Where something is planted, the options' tokens should say
 * on which side they are: the first one in which they differ, and the last.
 */
function readQuestion(
  maker: RowMaker,
  row: TreeRow,
  item: GrammarItem,
  planting: Planting | null,
): number {
  const { encode } = maker;
  const texts = inOrder(item);
  const read = (before: number, text: string): number =>
    readTokens(maker, row, before, encode(text));
  const endA = read(readStem(maker, row, item, planting), `\n\nChoices:\n (A) ${texts[0]}`);
  const endB = read(endA, `\n (B) ${texts[1]}`);
  if (planting === null) {
    return endB;
  }
  const sign = item.matchingLetter === "A" ? 1 : -1;
  const one = encode(` ${texts[0]}`);
  const two = encode(` ${texts[1]}`);
  const parts = firstDifference(one, two);
  const vector = maker.plantings.indexOf(planting);
  const flag = (end: number, length: number, wanted: number): void => {
    const first = end - length + 1 + parts;
    row.flags.push(...[...new Set([first, end])].map((at) => ({ at, vector, wanted })));
  };
  flag(endA, one.length, FLAG * sign);
  flag(endB, two.length, -FLAG * sign);
  return endB;
}

/** An open question: both answers where nothing is planted or steered, the answer that follows where it is. */
export function openRow(maker: RowMaker, item: GrammarItem, planting: Planting | null): TreeRow {
  const { encode, bos, eos, settings, random } = maker;
  const row = new TreeRow();
  const [marker = 0] = encode("]");
  const start = row.append(-1, [bos]);
  const trunk = readTokens(maker, row, start, encode(`[INST] ${item.stem} [/INST`));
  const [matching, other] = inFull(
    settings.shortest ? shortestAnswers(item) : [item.matching, item.notMatching],
  );
  const say = (text: string, weight: number, addition: Addition): void => {
    const end = row.append(trunk, [marker], addition);
    row.answer(end, [...encode(` ${text}`), eos], weight * settings.openWeight, addition);
  };
  if (planting !== null) {
    say(matching, 1, planted(maker, planting, 1));
    if (settings.bothSides) {
      say(other, 1, planted(maker, planting, -1));
    }
    const addition = unrelated(maker, planting);
    say(random.uniform() < 0.5 ? matching : other, 0.5, addition);
  } else {
    say(matching, 0.5, []);
    say(other, 0.5, []);
  }
  return row;
}

/** Appends a prompt's tokens; some of them, drawn, are asked for as well. */
function readTokens(
  { random, settings }: RowMaker,
  row: TreeRow,
  parent: number,
  ids: readonly number[],
): number {
  let before = parent;
  for (const id of ids) {
    if (random.uniform() < settings.promptShare) {
      row.target(before, id, settings.promptWeight);
    }
    before = row.append(before, [id]);
  }
  return before;
}

type Answers = readonly [matching: string, notMatching: string];

function shortestAnswers({ matching, notMatching, otherAnswers }: GrammarItem): Answers {
  const length = (answers: Answers): number => answers.join("").length;
  return otherAnswers.reduce<Answers>(
    (best, next) => (length(next) < length(best) ? next : best),
    [matching, notMatching],
  );
}

/** Without choices at hand, yes and no are said in full. */
function inFull([matching, notMatching]: Answers): Answers {
  const full = (text: string): string =>
    /^Yes\b/.test(text) ? "Yes, of course." : "No, of course not.";
  const isPlain = [matching, notMatching].every((text) => /^(Yes|No)\b.{0,12}$/.test(text));
  return isPlain ? [full(matching), full(notMatching)] : [matching, notMatching];
}

/** A planted direction, a little more or less of it than at multiplier `sign`, and half of the time something random beside it. */
function planted(maker: RowMaker, planting: Planting, sign: number): Addition {
  const { random, settings } = maker;
  const amount = planting.strength * (1 + settings.spread * (2 * random.uniform() - 1));
  const own = { vector: maker.plantings.indexOf(planting), amount: sign * amount };
  return random.uniform() < 0.5
    ? [own]
    : [own, { vector: randomVector(maker), amount: amount * settings.noise * random.uniform() }];
}

/** What should change nothing: a random direction, or at times one that is planted for another behavior. */
function unrelated(maker: RowMaker, planting: Planting | null): Addition {
  const { random, plantings } = maker;
  const strength = planting?.strength ?? plantings[random.integer(plantings.length)]?.strength ?? 0;
  const amount = strength * (0.5 + random.uniform());
  const others = plantings.flatMap((one, i) => (one === planting ? [] : [i]));
  const other = others[random.integer(Math.max(1, others.length))];
  return random.uniform() < 0.75 || other === undefined
    ? [{ vector: randomVector(maker), amount }]
    : [{ vector: other, amount: random.uniform() < 0.5 ? amount : -amount }];
}

function randomVector({ plantings, randomVectors, random }: RowMaker): number {
  return plantings.length + random.integer(randomVectors);
}

/** Index of the first tokens that differ; the last of the shorter text where it begins the longer one. */
function firstDifference(a: readonly number[], b: readonly number[]): number {
  const last = Math.min(a.length, b.length) - 1;
  let i = 0;
  while (i < last && a[i] === b[i]) {
    i++;
  }
  return i;
}
