import {
  type GgufMetadata,
  invalidGguf,
  optionalBoolean,
  optionalNumber,
  optionalNumbers,
  optionalString,
  requiredString,
  requiredStrings,
  unsupportedGguf,
} from "@caa/core/gguf";
import { preTokenizer } from "./pre-tokenizers.ts";
import { sentencePieceMerges } from "./sentencepiece-merges.ts";

/** The kinds of tokens that matter here. */
const UNKNOWN = 2;
const CONTROL = 3;
const USER_DEFINED = 4;
const BYTE = 6;

type Json = Readonly<Record<string, unknown>>;
type Merges = readonly (readonly [left: string, right: string])[];

export interface TokenizerFiles {
  /** `tokenizer.json` */
  readonly tokenizer: Json;
  /** `tokenizer_config.json`, with the chat template */
  readonly config: Json;
}

/** The vocabulary as the file holds it, checked. */
interface Vocabulary {
  readonly tokens: readonly string[];
  readonly types: readonly number[] | undefined;
  readonly ids: ReadonlyMap<string, number>;
}

/**
 * The tokenizer of a GGUF file as Hugging Face's two files: byte-level BPE (`gpt2`) or SentencePiece BPE (`llama`).
 * @throws {CaaError} `invalid-file` for a vocabulary that contradicts itself, `unsupported` for another kind
 */
export function tokenizerFiles(metadata: GgufMetadata): TokenizerFiles {
  const model = requiredString(metadata, "tokenizer.ggml.model");
  if (model !== "gpt2" && model !== "llama") {
    throw unsupportedGguf(`tokenizer "${model}" is not supported; supported: gpt2, llama`, {
      model,
    });
  }
  const vocabulary = readVocabulary(metadata);
  const { parts, addBos } =
    model === "gpt2" ? byteLevel(metadata, vocabulary) : sentencePiece(metadata, vocabulary);
  const named = (name: string): string | undefined => namedToken(metadata, vocabulary, name);
  const bos = named("bos");
  const eos = named("eos");
  const addsBos = optionalBoolean(metadata, "tokenizer.ggml.add_bos_token") ?? addBos;
  const addsEos = optionalBoolean(metadata, "tokenizer.ggml.add_eos_token") ?? false;
  const template = optionalString(metadata, "tokenizer.chat_template");
  const around = {
    before: addsBos && bos !== undefined ? [bos] : [],
    after: addsEos && eos !== undefined ? [eos] : [],
  };
  const config = {
    tokenizer_class: "PreTrainedTokenizerFast",
    add_bos_token: around.before.length > 0,
    add_eos_token: around.after.length > 0,
    bos_token: bos ?? null,
    eos_token: eos ?? null,
    unk_token: named("unknown") ?? null,
    pad_token: named("padding") ?? null,
    clean_up_tokenization_spaces: false,
    model_input_names: ["input_ids", "attention_mask"],
    ...(template !== undefined && { chat_template: template }),
  };
  const tokenizer = {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: addedTokens(vocabulary),
    normalizer: parts.normalizer,
    pre_tokenizer: parts.preTokenizer,
    post_processor: postProcessor(around.before, around.after, vocabulary.ids),
    decoder: parts.decoder,
    model: {
      type: "BPE",
      dropout: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      ...parts.model,
      vocab: Object.fromEntries(vocabulary.ids),
    },
  };
  return { tokenizer, config };
}

interface Kind {
  readonly parts: {
    readonly normalizer: unknown;
    readonly preTokenizer: unknown;
    readonly decoder: unknown;
    readonly model: Json;
  };
  /** What the kind does where the file does not say. */
  readonly addBos: boolean;
}

/** Words of bytes, each byte a printable character, merged by a list. */
function byteLevel(metadata: GgufMetadata, vocabulary: Vocabulary): Kind {
  const split = preTokenizer(optionalString(metadata, "tokenizer.ggml.pre"));
  const merges = requiredStrings(metadata, "tokenizer.ggml.merges").map((merge) =>
    readMerge(merge, vocabulary.ids),
  );
  return {
    parts: {
      normalizer: split.normalizer,
      preTokenizer: split.preTokenizer,
      decoder: { type: "ByteLevel", add_prefix_space: true, trim_offsets: true, use_regex: true },
      model: bpe(merges, { ignore_merges: split.ignoreMerges }),
    },
    addBos: split.addBos,
  };
}

/** The whole text with `▁` for blanks, merged by score; what the vocabulary lacks is spelled in bytes. */
function sentencePiece(metadata: GgufMetadata, vocabulary: Vocabulary): Kind {
  const { tokens, types } = vocabulary;
  const scores = optionalNumbers(metadata, "tokenizer.ggml.scores");
  if (scores?.length !== tokens.length) {
    throw invalidGguf(
      `tokenizer.ggml.scores has ${scores?.length ?? "no"} entries, expected one for each of ${tokens.length} tokens`,
    );
  }
  const merges = sentencePieceMerges(tokens, scores, (id) => {
    const type = types?.[id];
    return type !== UNKNOWN && type !== CONTROL && type !== USER_DEFINED && type !== BYTE;
  });
  const prefix = optionalBoolean(metadata, "tokenizer.ggml.add_space_prefix") ?? true;
  const replace = { type: "Replace", pattern: { String: " " }, content: "▁" };
  const restore = [
    { type: "Replace", pattern: { String: "▁" }, content: " " },
    { type: "ByteFallback" },
    { type: "Fuse" },
  ];
  const unknown = namedToken(metadata, vocabulary, "unknown");
  return {
    parts: {
      normalizer: {
        type: "Sequence",
        normalizers: prefix ? [{ type: "Prepend", prepend: "▁" }, replace] : [replace],
      },
      preTokenizer: null,
      decoder: {
        type: "Sequence",
        decoders: prefix
          ? [...restore, { type: "Strip", content: " ", start: 1, stop: 0 }]
          : restore,
      },
      model: bpe(merges, { unk_token: unknown ?? null, fuse_unk: true, byte_fallback: true }),
    },
    addBos: true,
  };
}

function bpe(merges: Merges, options: Json): Json {
  return {
    unk_token: null,
    fuse_unk: false,
    byte_fallback: false,
    ignore_merges: false,
    ...options,
    merges,
  };
}

function readVocabulary(metadata: GgufMetadata): Vocabulary {
  const tokens = requiredStrings(metadata, "tokenizer.ggml.tokens");
  const types = optionalNumbers(metadata, "tokenizer.ggml.token_type");
  if (types !== undefined && types.length !== tokens.length) {
    throw invalidGguf(
      `tokenizer.ggml.token_type has ${types.length} entries for ${tokens.length} tokens`,
    );
  }
  const ids = new Map<string, number>();
  for (const [id, token] of tokens.entries()) {
    const first = ids.get(token);
    if (first !== undefined) {
      throw invalidGguf(`tokens ${first} and ${id} are both ${JSON.stringify(token)}`);
    }
    ids.set(token, id);
  }
  return { tokens, types, ids };
}

function readMerge(
  merge: string,
  ids: ReadonlyMap<string, number>,
): readonly [left: string, right: string] {
  const [left = "", right = "", ...rest] = merge.split(" ");
  if (rest.length > 0 || !ids.has(left) || !ids.has(right) || !ids.has(left + right)) {
    throw invalidGguf(`the merge ${JSON.stringify(merge.slice(0, 100))} is not one of two tokens`);
  }
  return [left, right];
}

/** Tokens that are found in a text before it is split: control tokens, and words that the makers of the model chose. */
function addedTokens({ tokens, types }: Vocabulary): readonly Json[] {
  const added = new Array<Json>();
  for (const [id, type] of (types ?? []).entries()) {
    if (type === CONTROL || type === USER_DEFINED || type === UNKNOWN) {
      const flags = { single_word: false, lstrip: false, rstrip: false, normalized: false };
      added.push({ id, content: tokens[id], ...flags, special: type !== USER_DEFINED });
    }
  }
  return added;
}

function namedToken(
  metadata: GgufMetadata,
  { tokens }: Vocabulary,
  name: string,
): string | undefined {
  const key = `tokenizer.ggml.${name}_token_id`;
  const id = optionalNumber(metadata, key);
  if (id === undefined) {
    return undefined;
  }
  const token = tokens[id];
  if (token === undefined) {
    throw invalidGguf(`${key} is ${id}, there are ${tokens.length} tokens`);
  }
  return token;
}

function postProcessor(
  before: readonly string[],
  after: readonly string[],
  ids: ReadonlyMap<string, number>,
): Json | null {
  if (before.length + after.length === 0) {
    return null;
  }
  const special = (type: number) => (token: string) => ({
    SpecialToken: { id: token, type_id: type },
  });
  const text = (id: string, type: number): readonly Json[] => [
    ...before.map(special(type)),
    { Sequence: { id, type_id: type } },
    ...after.map(special(type)),
  ];
  return {
    type: "TemplateProcessing",
    single: text("A", 0),
    pair: [...text("A", 0), ...text("B", 1)],
    special_tokens: Object.fromEntries(
      [...before, ...after].map((token) => [
        token,
        { id: token, ids: [ids.get(token)], tokens: [token] },
      ]),
    ),
  };
}
