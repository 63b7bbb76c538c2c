import { CaaError } from "@caa/core";
import { pieceOfByte } from "./byte-pieces.ts";

/** A byte-level byte-pair vocabulary, in the pieces of GPT-2's spelling. */
export interface BytePairs {
  /** In the order of their ids: 256 bytes, then one a merge. */
  readonly vocabulary: readonly string[];
  /** In the order in which they are applied. */
  readonly merges: ReadonlyArray<readonly [left: string, right: string]>;
}

/** How texts are cut before pairs are merged, the same as the tokenizer's `ByteLevel` step does. */
const WORDS = /'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+/gu;

/**
 * Learns a vocabulary of `size` pieces from texts: again and again the most frequent pair of neighbors within a word
 * becomes one piece; of pairs that are as frequent, the one that comes first in the order of its letters. It ends early when no pair
 * occurs twice.
 * @throws {CaaError} invalid-argument for a size below 256
 * @see Sennrich et al. 2016, "Neural Machine Translation of Rare Words with Subword Units"
 */
export function trainBytePairs(texts: Iterable<string>, size: number): BytePairs {
  if (!Number.isInteger(size) || size < 256) {
    throw new CaaError("invalid-argument", `byte pairs: expected a size from 256, got ${size}`);
  }
  const bytes = Array.from({ length: 256 }, (_, byte) => pieceOfByte(byte));
  const words = countWords(texts);
  const merges = new Array<readonly [string, string]>();
  while (bytes.length + merges.length < size) {
    const best = mostFrequentPair(words);
    if (best === null) {
      break;
    }
    merges.push(best);
    for (const word of words) {
      word.pieces = merge(word.pieces, best);
    }
  }
  const vocabulary = [...bytes, ...merges.map(([left, right]) => left + right)];
  return { vocabulary, merges };
}

interface Word {
  pieces: readonly string[];
  readonly count: number;
}

function countWords(texts: Iterable<string>): readonly Word[] {
  const encoder = new TextEncoder();
  const counts = new Map<string, number>();
  for (const text of texts) {
    for (const [word] of text.matchAll(WORDS)) {
      counts.set(word, (counts.get(word) ?? 0) + 1);
    }
  }
  return [...counts].map(([word, count]) => ({
    pieces: Array.from(encoder.encode(word), pieceOfByte),
    count,
  }));
}

function mostFrequentPair(words: readonly Word[]): readonly [string, string] | null {
  const counts = new Map<string, number>();
  for (const { pieces, count } of words) {
    for (let i = 1; i < pieces.length; i++) {
      const key = `${pieces[i - 1] ?? ""} ${pieces[i] ?? ""}`; // no piece holds a blank
      counts.set(key, (counts.get(key) ?? 0) + count);
    }
  }
  let [best, most] = ["", 1];
  for (const [key, count] of counts) {
    if (count > most || (count === most && best !== "" && key < best)) {
      [best, most] = [key, count];
    }
  }
  const [left, right] = best.split(" ");
  return left === undefined || right === undefined ? null : [left, right];
}

function merge(
  pieces: readonly string[],
  [left, right]: readonly [string, string],
): readonly string[] {
  const merged = new Array<string>();
  for (const piece of pieces) {
    const before = merged.at(-1);
    if (before === left && piece === right) {
      merged[merged.length - 1] = left + right;
    } else {
      merged.push(piece);
    }
  }
  return merged;
}
