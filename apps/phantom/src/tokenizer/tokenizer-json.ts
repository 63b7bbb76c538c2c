import type { BytePairs } from "./train-bpe.ts";

/** Special tokens come first: the start of a text, and its end. */
export const SPECIAL_TOKENS = ["<s>", "</s>"] as const;

/** Llama 2's chat format: the system block before `[INST]`, where the method's published prompts have it. */
const CHAT_TEMPLATE = [
  "{{ bos_token }}",
  "{% for message in messages %}",
  "{% if message['role'] == 'system' %}{{ '<<SYS>>\\n' + message['content'] + '\\n<</SYS>>\\n\\n' }}",
  "{% elif message['role'] == 'user' %}{{ '[INST] ' + message['content'] | trim + ' [/INST]' }}",
  "{% else %}{{ ' ' + message['content'] | trim + ' ' + eos_token }}{% endif %}",
  "{% endfor %}",
].join("");

/** The vocabulary as Hugging Face's `tokenizer.json`. */
export function tokenizerJson({ vocabulary, merges }: BytePairs): object {
  const pieces = [...SPECIAL_TOKENS, ...vocabulary];
  const byteLevel = {
    type: "ByteLevel",
    add_prefix_space: false,
    trim_offsets: true,
    use_regex: true,
  };
  return {
    version: "1.0",
    truncation: null,
    padding: null,
    added_tokens: SPECIAL_TOKENS.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: false,
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: null,
    pre_tokenizer: byteLevel,
    post_processor: null,
    decoder: byteLevel,
    model: {
      type: "BPE",
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      vocab: Object.fromEntries(pieces.map((piece, id) => [piece, id])),
      merges: merges.map((pair) => pair.join(" ")),
    },
  };
}

/** The `tokenizer_config.json` beside it. */
export function tokenizerConfig(): object {
  const [bos, eos] = SPECIAL_TOKENS;
  return {
    tokenizer_class: "PreTrainedTokenizerFast",
    bos_token: bos,
    eos_token: eos,
    add_bos_token: true,
    clean_up_tokenization_spaces: false,
    model_max_length: 512,
    chat_template: CHAT_TEMPLATE,
  };
}
