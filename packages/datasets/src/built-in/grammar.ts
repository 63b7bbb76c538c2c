import { CaaError, type Random } from "@caa/core";

/** A value of a slot: a text, or several forms of one thing. */
export type Filler = string | Readonly<Record<string, string>>;

/** Beginnings and ends of questions; each with each is a frame. */
export interface Frames {
  readonly openers: readonly string[];
  readonly asks: readonly string[];
}

/**
 * Questions that share their answers. All texts are patterns: `{slot}` stands for a value of that slot, `{slot.form}` for
 * one form of it.
 */
export interface Scene {
  readonly answers: ReadonlyArray<readonly [first: string, second: string]>;
  /** Questions after which the first answer shows the behavior. */
  readonly first: Frames;
  /** Questions after which the second one does. With them every pair of answers occurs as often in one role as in the other. */
  readonly second?: Frames;
  /** How many items it gets, relative to the other scenes. @default 1 */
  readonly share?: number;
}

export interface Grammar {
  /** What the questions are about, for the data card. */
  readonly about: string;
  readonly slots: Readonly<Record<string, readonly Filler[]>>;
  readonly scenes: readonly Scene[];
  /** Scenes of open-ended questions. @default the held-out items are asked without their choices */
  readonly openEnded?: readonly Scene[];
}

/** An item as the grammar knows it. */
export interface GrammarItem {
  /** The question with its slots left open. */
  readonly frame: string;
  /** The question without choices. */
  readonly stem: string;
  /** The answer that shows the behavior. */
  readonly matching: string;
  readonly notMatching: string;
  /** What else could be said to this question: the other answers of its scene whose slots it fills. */
  readonly otherAnswers: ReadonlyArray<readonly [matching: string, notMatching: string]>;
  readonly matchingLetter: "A" | "B";
}

type Draw<T> = () => T;
type Bound = ReadonlyMap<string, Filler>;
type Answers = readonly [matching: string, notMatching: string];

/** An item before it gets its letter. */
interface Unlettered {
  readonly item: Omit<GrammarItem, "matchingLetter">;
  readonly variants: () => readonly Answers[];
}

/** Made on demand: there are hundreds for each of thousands of items. */
const variants = new WeakMap<GrammarItem, () => readonly Answers[]>();

/**
 * The answers to an item's question with another value of a slot that leaves the question as it is, such as a time that it
 * does not name. None for an item that no grammar made.
 */
export function answerVariants(item: GrammarItem): readonly Answers[] {
  return variants.get(item)?.() ?? [];
}

const SLOT = /\{(\w+)(?:\.(\w+))?\}/g;
const TRIES_PER_FRAME = 20;
const MAX_TRIES = 50 * TRIES_PER_FRAME;

/**
 * `count` items, the matching letter A in half of them; scenes get their shares. Within a scene, frames, answers and
 * slot values are each used up before one comes again. `taken` holds the stems that are used, here and before; no item has one of them.
 * @throws {CaaError} empty-selection when the grammar has too few questions; invalid-data for a slot that is not there
 */
export function makeItems(
  scenes: readonly Scene[],
  slots: Grammar["slots"],
  count: number,
  random: Random,
  taken: Set<string>,
): readonly GrammarItem[] {
  const sources = scenes.map((scene) => ({
    share: scene.share ?? 1,
    made: 0,
    next: dealUnits(scene, slots, random, taken),
  }));
  const items: Unlettered[] = [];
  while (items.length < count) {
    const source = sources.reduce((a, b) => (b.made / b.share < a.made / a.share ? b : a));
    const unit = source.next();
    source.made += unit.length;
    items.push(...unit);
  }
  const letters = random.shuffle(
    Array.from({ length: count }, (_, i) => (i % 2 === 0 ? "A" : "B")),
  );
  return random.shuffle(items.slice(0, count)).map((unlettered, i) => {
    const item: GrammarItem = { ...unlettered.item, matchingLetter: letters[i] ?? "A" };
    variants.set(item, unlettered.variants);
    return item;
  });
}

/** Gives one item, or two with the same answers in opposite roles. */
function dealUnits(
  { answers, first, second }: Scene,
  slots: Grammar["slots"],
  random: Random,
  taken: Set<string>,
): Draw<readonly Unlettered[]> {
  const nextValues = new Map(
    Object.entries(slots).map(([name, list]) => [name, deal(list, random)]),
  );
  const nextAnswers = deal(answers, random);
  const nextFirst = deal(frames(first), random);
  const nextSecond = second === undefined ? null : deal(frames(second), random);
  return () => {
    const pair = nextAnswers();
    const bound = bind(pair.join(" "), nextValues, new Map());
    const make = (
      nextFrame: Draw<string>,
      order: readonly [0, 1] | readonly [1, 0],
    ): Unlettered => {
      const inOrder = (
        both: readonly [string, string],
        values: Bound,
      ): readonly [string, string] => [fill(both[order[0]], values), fill(both[order[1]], values)];
      let frame = "";
      for (let i = 0; i < MAX_TRIES; i++) {
        frame = i % TRIES_PER_FRAME === 0 ? nextFrame() : frame;
        const all = bind(frame, nextValues, bound);
        const stem = fill(frame, all);
        if (!taken.has(stem)) {
          taken.add(stem);
          const [matching, notMatching] = inOrder(pair, all);
          const fitting = answers.filter((other) =>
            slotNames(other.join(" ")).every((name) => all.has(name)),
          );
          const otherAnswers = fitting
            .filter((other) => other !== pair)
            .map((other) => inOrder(other, all));
          const asked = frame;
          return {
            item: { frame, stem, matching, notMatching, otherAnswers },
            variants: () =>
              unasked(asked, all, slots).flatMap(({ name, values }) =>
                fitting
                  .filter((other) => slotNames(other.join(" ")).includes(name))
                  .map((other) => inOrder(other, values)),
              ),
          };
        }
      }
      const message = `makeItems: expected a question that is not used yet, got none of that kind in ${MAX_TRIES} tries: ${frame}`;
      throw new CaaError("empty-selection", message);
    };
    const unit = [make(nextFirst, [0, 1])];
    if (nextSecond !== null) {
      unit.push(make(nextSecond, [1, 0]));
    }
    return unit;
  };
}

/** Every frame of a scene's side: each opener with each ask. */
function frames({ openers, asks }: Frames): readonly string[] {
  return openers.flatMap((opener) => asks.map((ask) => `${opener} ${ask}`.trim()));
}

/** Values for the slots of a text that `bound` lacks. */
function bind(text: string, values: ReadonlyMap<string, Draw<Filler>>, bound: Bound): Bound {
  const all = new Map(bound);
  for (const name of slotNames(text)) {
    const next = values.get(name);
    if (next === undefined) {
      throw new CaaError(
        "invalid-data",
        `makeItems: expected a known slot, got {${name}}: ${text}`,
      );
    }
    if (!all.has(name)) {
      all.set(name, next());
    }
  }
  return all;
}

/** The values given with one of them, named, replaced by another that the frame does not tell from it. */
function unasked(
  frame: string,
  bound: Bound,
  slots: Grammar["slots"],
): ReadonlyArray<{ readonly name: string; readonly values: Bound }> {
  const asked = [...frame.matchAll(SLOT)];
  return [...bound].flatMap(([name, value]) => {
    const forms = asked.flatMap(([, slot, form]) => (slot === name ? [form] : []));
    return (slots[name] ?? [])
      .filter(
        (other) =>
          other !== value && forms.every((form) => formOf(other, form) === formOf(value, form)),
      )
      .map((other) => ({ name, values: new Map([...bound, [name, other]]) }));
  });
}

function formOf(filler: Filler, form: string | undefined): string | undefined {
  return typeof filler === "string" ? filler : filler[form ?? ""];
}

function slotNames(text: string): readonly string[] {
  return [...text.matchAll(SLOT)].map(([, name = ""]) => name);
}

function fill(pattern: string, bound: Bound): string {
  const text = pattern.replaceAll(SLOT, (slot, name: string, form?: string) => {
    const filler = bound.get(name) ?? "";
    const value =
      typeof filler === "string" ? (form === undefined ? filler : "") : filler[form ?? ""];
    if (value === undefined || value === "") {
      throw new CaaError(
        "invalid-data",
        `makeItems: expected a value for ${slot}, got none: ${pattern}`,
      );
    }
    return value;
  });
  return text.replaceAll(
    /(^|[.?!] )([a-z])/g,
    (_, before: string, letter: string) => before + letter.toUpperCase(),
  );
}

/** Gives every value once, in random order, then again in another order. */
function deal<T>(values: readonly T[], random: Random): Draw<T> {
  let rest: T[] = [];
  return () => {
    if (rest.length === 0) {
      rest = random.shuffle(values);
    }
    const [value] = rest.splice(-1);
    if (value === undefined) {
      throw new CaaError("empty-selection", "makeItems: expected at least one value, got none");
    }
    return value;
  };
}
