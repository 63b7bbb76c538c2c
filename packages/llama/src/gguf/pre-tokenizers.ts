import { unsupportedGguf } from "@caa/core/gguf";

/** What differs between byte-level vocabularies, as parts of `tokenizer.json`. */
export interface PreTokenizer {
  readonly normalizer: unknown;
  readonly preTokenizer: unknown;
  /** A whole word that is a token is one, whatever the merges say. */
  readonly ignoreMerges: boolean;
  /** Whether texts begin with BOS where the file does not say. */
  readonly addBos: boolean;
}

/** Splits at GPT-2's pattern, which the component has built in. */
const gpt2 = { type: "ByteLevel", add_prefix_space: false, trim_offsets: true, use_regex: true };

const split = (pattern: string): unknown => ({
  type: "Split",
  pattern: { Regex: pattern },
  behavior: "Isolated",
  invert: false,
});

/** Splits at a pattern of its own, then maps bytes to characters. */
const splitAt = (pattern: string): unknown => ({
  type: "Sequence",
  pretokenizers: [split(pattern), { ...gpt2, use_regex: false }],
});

/** Contractions; a word with one sign before it; numbers; signs; line ends; blanks. Only numbers differ. */
const words = (numbers: string): string =>
  String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|${numbers}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;

const plain: PreTokenizer = {
  normalizer: null,
  preTokenizer: gpt2,
  ignoreMerges: false,
  addBos: false,
};
const llama3: PreTokenizer = {
  normalizer: null,
  preTokenizer: splitAt(words(String.raw`\p{N}{1,3}`)),
  ignoreMerges: true,
  addBos: true,
};
const qwen2: PreTokenizer = {
  normalizer: { type: "NFC" },
  preTokenizer: splitAt(words(String.raw`\p{N}`)),
  ignoreMerges: false,
  addBos: false,
};
const smollm: PreTokenizer = {
  ...plain,
  preTokenizer: {
    type: "Sequence",
    // The component "Digits" in words that mean the same to every library: some take it for 0 to 9 alone.
    pretokenizers: [split(String.raw`\p{N}`), gpt2],
  },
};

const known: ReadonlyMap<string, PreTokenizer> = new Map([
  ["default", plain],
  ["gpt-2", plain],
  ["gpt2", plain],
  ["smollm", smollm],
  ["llama-bpe", llama3],
  ["llama3", llama3],
  ["llama-v3", llama3],
  ["qwen2", qwen2],
  ["deepseek-r1-qwen", qwen2],
]);

/**
 * How a vocabulary of this `tokenizer.ggml.pre` splits text into words.
 * @throws {CaaError} `unsupported` for a name that is not known, or none: other splits give other tokens, silently
 */
export function preTokenizer(name: string | undefined): PreTokenizer {
  const found = name === undefined ? undefined : known.get(name);
  if (found === undefined) {
    const got = name === undefined ? "none (the file is from before they were named)" : `"${name}"`;
    throw unsupportedGguf(
      `tokenizer.ggml.pre ${got} is not supported; supported: ${[...known.keys()].join(", ")}`,
      { pre: name },
    );
  }
  return found;
}
