import type { Generation } from "../model/steerable-model.ts";
import type { Random } from "../random/random.ts";

/** Words of the plain model. */
export const plainWords = [
  "the",
  "river",
  "carries",
  "small",
  "stones",
  "past",
  "an",
  "old",
  "mill",
  "and",
  "on",
] as const;
/** The words that steering brings. */
export const steeredWords = ["certainly", "indeed", "gladly", "yes"] as const;
/** Ends the text, as the end-of-text token of a real model does. */
const END_CHANCE = 0.01;

export interface FakeText {
  readonly words: readonly string[];
  /** The text in the pieces in which it came. */
  readonly pieces: readonly string[];
  readonly finishReason: Generation["finishReason"];
}

/** Made-up text of at most `count` words, of which about `share` (0 to 1) are those that steering brings. */
export function fakeWords(
  random: Random,
  options: { readonly count: number; readonly share: number; readonly stop: readonly string[] },
): FakeText {
  const { count, share, stop } = options;
  const words: string[] = [];
  let text = "";
  for (let i = 0; i < count; i++) {
    // The same draws whatever the steering: more steering changes words, and no others.
    const [end, kind, which] = [random.uniform(), random.uniform(), random.uniform()];
    if (i > 0 && end < END_CHANCE) {
      return { words, pieces: piecesOf(text), finishReason: "end" };
    }
    const list = kind < share ? steeredWords : plainWords;
    const word = list[Math.floor(which * list.length)] ?? "the";
    words.push(word);
    text += i === 0 ? word : ` ${word}`;
    const cuts = stop
      .map((ending) => (ending === "" ? -1 : text.indexOf(ending)))
      .filter((at) => at >= 0);
    if (cuts.length > 0) {
      return { words, pieces: piecesOf(text.slice(0, Math.min(...cuts))), finishReason: "stop" };
    }
  }
  return { words, pieces: piecesOf(text), finishReason: "length" };
}

/** Of a word that steering brings, or of another, where `share` of the words are of the first kind; in nats. */
export function wordLogProbability(brought: boolean, share: number): number {
  return brought
    ? Math.log(share / steeredWords.length)
    : Math.log((1 - share) / plainWords.length);
}

const piecesOf = (text: string): readonly string[] => text.match(/\s*\S+|\s+$/g) ?? [];
