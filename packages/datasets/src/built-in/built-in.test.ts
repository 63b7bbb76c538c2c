import { describe, expect, it } from "vitest";
import { BEHAVIOR_NAMES } from "../behaviors/known-behaviors.ts";
import { splitChoices, stemKey } from "../items/split-choices.ts";
import { PUBLISHED_SIZES } from "../process/published-sizes.ts";
import { answerLeakage } from "./answer-leakage.ts";
import { BUILT_IN_SEED, builtInItems } from "./built-in-items.ts";
import { builtInAbSet, builtInOpenEndedSet } from "./built-in-sets.ts";
import { countWords } from "./figures.ts";
import type { Filler, GrammarItem } from "./grammar.ts";
import { GRAMMARS } from "./grammars/grammars.ts";
import { MAX_EXTRA_LEAKAGE, PUBLISHED_LEAKAGE } from "./leakage-figures.ts";

/** Below 128 tokens of a small vocabulary, at up to 1.4 tokens a word. */
const MAX_WORDS = 90;
const MIN_FRAMES = 200;

const share = <T>(values: readonly T[], holds: (value: T) => boolean): number =>
  values.filter(holds).length / values.length;

describe.each(BEHAVIOR_NAMES)("our %s set", (name) => {
  const items = builtInItems(name);
  const { generate, "test-ab": test, "test-open-ended": open } = items;
  const all: readonly GrammarItem[] = [...generate, ...test];

  it("has the published sizes", () => {
    const sizes = { generate: generate.length, testAb: test.length, testOpenEnded: open.length };
    expect(sizes).toEqual(PUBLISHED_SIZES[name]);
  });

  it("asks nothing twice, in one split or in both", () => {
    const questions = [
      ...builtInAbSet(name, "generate").items,
      ...builtInAbSet(name, "test-ab").items,
    ];
    expect(new Set(questions.map(({ question }) => stemKey(question))).size).toBe(all.length);
    expect(new Set(open.map(({ stem }) => stem)).size).toBe(open.length);
  });

  it("asks its open-ended questions about held-out matters", () => {
    const seen = new Set(generate.map(({ stem }) => stem));
    expect(open.filter(({ stem }) => seen.has(stem))).toEqual([]);
  });

  it(`has at least ${MIN_FRAMES} frames`, () => {
    expect(new Set(generate.map(({ frame }) => frame)).size).toBeGreaterThanOrEqual(MIN_FRAMES);
  });

  it("has each letter matching in half of the items, whatever their length", () => {
    for (const split of [generate, test]) {
      const count = split.filter(({ matchingLetter }) => matchingLetter === "A").length;
      expect(Math.abs(2 * count - split.length)).toBeLessThanOrEqual(1);
    }
    const longer = all.filter(({ matching, notMatching }) => matching.length > notMatching.length);
    const shareA = share(longer, ({ matchingLetter }) => matchingLetter === "A");
    expect(Math.abs(shareA - 0.5)).toBeLessThan(2 / Math.sqrt(longer.length)); // four standard deviations
  });

  it("has Yes and No matching as often as each other", () => {
    const short = all.filter(({ matching }) => /^(Yes|No)\b/.test(matching));
    expect(short.length / all.length).toBeGreaterThan(0.2);
    expect(short.length / all.length).toBeLessThan(0.6);
    expect(Math.abs(share(short, ({ matching }) => matching.startsWith("Yes")) - 0.5)).toBeLessThan(
      0.05,
    );
  });

  it("does not tell the side by the answer alone", () => {
    const ours = answerLeakage(generate, test);
    const published = PUBLISHED_LEAKAGE[name];
    expect(ours.accuracy).toBeLessThanOrEqual(published.accuracy + MAX_EXTRA_LEAKAGE);
    expect(ours.pairAccuracy).toBeLessThanOrEqual(published.pairAccuracy + MAX_EXTRA_LEAKAGE);
  });

  it(`has at most ${MAX_WORDS} words an item, choices included`, () => {
    expect(Math.max(...all.map(countWords))).toBeLessThanOrEqual(MAX_WORDS);
  });

  it("fills every slot and starts every sentence with a capital letter", () => {
    const texts = [...all, ...open].flatMap((item) => [item.stem, item.matching, item.notMatching]);
    const bad = /^[^\p{Lu}\p{N}$]|[{}]|undefined|\s\s|\s[.,?]|[.?!] \p{Ll}|\.\./u;
    expect(texts.filter((text) => bad.test(text))).toEqual([]);
    expect([...all, ...open].filter(({ stem }) => !/[.?]$/.test(stem))).toEqual([]);
  });

  it("has no 'a' before a vowel and no 'an' before a consonant, whatever fills a slot", () => {
    const { scenes, openEnded = [], slots } = GRAMMARS[name];
    const texts = [...scenes, ...openEnded].flatMap(({ answers, first, second = first }) => [
      ...answers.flat(),
      ...[first, second].flatMap(({ openers, asks }) => [...openers, ...asks]),
    ]);
    const filled = texts.flatMap((text) =>
      [...text.matchAll(/\ban? \{(\w+)(?:\.(\w+))?\}/g)].flatMap(([slot, key = "", form]) =>
        (slots[key] ?? []).map((filler) => {
          const value = typeof filler === "string" ? filler : filler[form ?? ""];
          return slot.replace(/\{.*/, value ?? "");
        }),
      ),
    );
    const said = [...filled, ...items.generate.flatMap(({ stem, matching }) => [stem, matching])];
    const bad = /\ba (?!one\b|us)[aeiou]|\ban (?!hour)[^aeiou]/;
    expect(said.filter((text) => bad.test(text.toLowerCase()))).toEqual([]);
  });

  it("uses every opener and ask that is written down, and nearly every slot value", () => {
    const blob = [...all, ...open]
      .map(({ frame, stem, matching, notMatching }) =>
        [frame, stem, matching, notMatching].join("\n"),
      )
      .join("\n")
      .toLowerCase();
    const { scenes, openEnded = [], slots } = GRAMMARS[name];
    const texts = [...scenes, ...openEnded]
      .flatMap(({ first, second = first }) => [first, second])
      .flatMap(({ openers, asks }) => [...openers, ...asks]);
    expect(texts.filter((text) => !blob.includes(text.toLowerCase()))).toEqual([]);
    const forms = (filler: Filler): readonly string[] =>
      typeof filler === "string" ? [filler] : Object.values(filler);
    const isUsed = (filler: Filler): boolean =>
      forms(filler).some((form) => blob.includes(form.toLowerCase()));
    expect(share(Object.values(slots).flat(), isUsed)).toBeGreaterThan(0.97);
  });

  it("says in its items what the grammar means", () => {
    const set = builtInAbSet(name, "test-ab");
    expect(set).toMatchObject({ path: `built-in:${name}/test-ab`, behavior: name });
    for (const [i, item] of set.items.entries()) {
      const { stem, choices } = splitChoices(item.question);
      expect({
        stem,
        matching: choices.get(item.matchingLetter),
        notMatching: choices.get(item.notMatchingLetter),
      }).toEqual({
        stem: test[i]?.stem,
        matching: test[i]?.matching,
        notMatching: test[i]?.notMatching,
      });
    }
    expect(builtInOpenEndedSet(name).items.map(({ question }) => question)).toEqual(
      open.map(({ stem }) => stem),
    );
  });

  it("comes the same from the same seed, and other from another", () => {
    expect(builtInItems(name, { seed: BUILT_IN_SEED })).toEqual(items);
    const other = builtInAbSet(name, "generate", { seed: 2 });
    expect(other.path).toBe(`built-in:${name}/generate?seed=2`);
    expect(other.hash).not.toBe(builtInAbSet(name, "generate").hash);
  });
});
