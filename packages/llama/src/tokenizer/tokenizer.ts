import { CaaError } from "@caa/core";
import { disableTelemetry } from "../runtime/disable-telemetry.ts";
import { createTextStream, type TextStream } from "./text-stream.ts";
import { tokenBytes, type TokenSpelling } from "./token-bytes.ts";
import {
  defaultChatTemplate,
  parseTokenizerConfig,
  parseTokenizerJson,
  type TokenizerJson,
} from "./tokenizer-files.ts";

export interface ChatMessage {
  readonly role: "system" | "user" | "assistant";
  readonly content: string;
}

export interface Tokenizer {
  /** Null when the model has none. */
  readonly bosId: number | null;
  /** Tokens that end a text or a turn, those that the vocabulary has; may be empty. */
  readonly eosIds: readonly number[];
  /** Jinja source, null when the model has none. */
  readonly chatTemplate: string | null;
  /** Largest token id + 1. */
  readonly vocabularySize: number;
  /** Token ids of the text as it is: no BOS or EOS is added. Special tokens that the text spells out become these. */
  encode(text: string): number[];
  /** @throws {CaaError} `invalid-argument` for an id outside the vocabulary */
  decode(ids: readonly number[], options?: { readonly skipSpecial?: boolean }): string;
  /** Whether the id has a text: a model's vocabulary may be padded beyond its tokenizer's. */
  has(id: number): boolean;
  /** One token as text to read: blanks kept, bytes that are no whole character as `<0xNN>`. */
  token(id: number): string;
  /** The bytes that the token stands for in a text; special tokens stand for their name. */
  bytes(id: number): Uint8Array;
  /**
   * The messages in the model's own chat format.
   *
   * @throws {CaaError} `unsupported` when there is no template, or it refuses the messages
   */
  applyChatTemplate(
    messages: readonly ChatMessage[],
    options: { readonly addGenerationPrompt: boolean },
  ): string;
  /** Text of generated tokens as they come, without special tokens. */
  createTextStream(): TextStream;
}

export interface TokenizerSource {
  /** Parsed `tokenizer.json`. */
  readonly tokenizerJson: unknown;
  /** Parsed `tokenizer_config.json`; `chat_template` is read from it. */
  readonly tokenizerConfig: unknown;
}

/** Ends of a turn, which not every model names as its `eos_token`. */
const END_TOKENS: readonly string[] = ["<|im_end|>", "<|eot_id|>", "<|eom_id|>"];

/** Some templates print today's date. A prompt must not change from day to day: this is the date Meta's templates fall back on. */
const PROMPT_DATE = "26 Jul 2024";

/**
 * Opens a tokenizer from its two files. Nothing is fetched.
 *
 * @throws {CaaError} `invalid-file` when they are not what they claim to be
 */
export async function openTokenizer({
  tokenizerJson,
  tokenizerConfig,
}: TokenizerSource): Promise<Tokenizer> {
  const json = parseTokenizerJson(tokenizerJson);
  const config = parseTokenizerConfig(tokenizerConfig);

  disableTelemetry(); // the library brings the inference runtime with it
  const { PreTrainedTokenizer, env } = await import("@huggingface/transformers");
  env.allowRemoteModels = false;
  env.allowLocalModels = false;

  // The text is wanted as the model wrote it, so the "cleaning" of blanks before punctuation is off.
  const base = guard(
    "invalid-file",
    "tokenizer",
    () => new PreTrainedTokenizer(json, { ...config, clean_up_tokenization_spaces: false }),
  );

  const special = new Set<number>();
  const added = new Map<number, string>();
  for (const token of json.added_tokens) {
    added.set(token.id, token.content);
    if (token.special) {
      special.add(token.id);
    }
  }
  const pieces = new Array<string | undefined>();
  const ids = new Map<string, number>();
  for (const [piece, id] of [
    ...Object.entries(json.model.vocab),
    ...[...added].map(([key, text]) => [text, key] as const),
  ]) {
    pieces[id] = piece;
    ids.set(piece, id);
  }

  const { spelling, dropFirstBlank } = spellingOf(json);
  const encoder = new TextEncoder();
  const bytes = (id: number): Uint8Array => {
    const content = added.get(id);
    if (content !== undefined) {
      return encoder.encode(content);
    }
    return tokenBytes(pieceOf(id), spelling);
  };
  const pieceOf = (id: number): string => {
    const piece = pieces[id];
    if (piece === undefined) {
      throw new CaaError("invalid-argument", `token: expected an id of the vocabulary, got ${id}`, {
        facts: { id },
      });
    }
    return piece;
  };
  const idOf = (name: string | null | undefined): number | null =>
    name === null || name === undefined ? null : (ids.get(name) ?? null);
  const chatTemplate = defaultChatTemplate(config);

  return {
    bosId: idOf(config.bos_token),
    eosIds: [...new Set([config.eos_token, ...END_TOKENS].map(idOf).filter((id) => id !== null))],
    chatTemplate,
    vocabularySize: pieces.length,
    encode: (text) => (text === "" ? [] : base.encode(text, { add_special_tokens: false })),
    decode: (sequence, { skipSpecial = false } = {}) => {
      const kept = sequence.filter((id) => pieceOf(id) !== "" && !(skipSpecial && special.has(id)));
      return kept.length === 0 ? "" : base.decode(kept);
    },
    has: (id) => pieces[id] !== undefined,
    token: (id) => readable(bytes(id)),
    bytes,
    applyChatTemplate: (messages, { addGenerationPrompt }) => {
      if (chatTemplate === null) {
        throw new CaaError(
          "unsupported",
          "chat template: the model has none; choose another prompt style",
        );
      }
      const options = {
        // The library's own `strftime_now` reads the clock and cannot be set, so templates get ours under another name.
        chat_template: chatTemplate.replaceAll("strftime_now", "prompt_date"),
        tokenize: false as const,
        add_generation_prompt: addGenerationPrompt,
        date_string: PROMPT_DATE,
        prompt_date: () => PROMPT_DATE,
      };
      return guard("unsupported", "chat template", () =>
        base.apply_chat_template(
          messages.map((message) => ({ ...message })),
          options,
        ),
      );
    },
    createTextStream: () =>
      createTextStream(
        (id) => (special.has(id) || pieces[id] === undefined ? new Uint8Array() : bytes(id)),
        dropFirstBlank,
      ),
  };
}

/** Reads from the decoder how tokens spell bytes, and whether it takes off the blank that the normalizer put in front. */
function spellingOf({ decoder }: TokenizerJson): {
  spelling: TokenSpelling;
  dropFirstBlank: boolean;
} {
  const parts = new Array<Record<string, unknown>>();
  const walk = (part: unknown): void => {
    if (typeof part === "object" && part !== null && !Array.isArray(part)) {
      const fields: Record<string, unknown> = { ...part };
      parts.push(fields);
      if (Array.isArray(fields["decoders"])) {
        fields["decoders"].forEach(walk);
      }
    }
  };
  walk(decoder);
  const has = (type: string): boolean => parts.some((part) => part["type"] === type);
  if (has("ByteLevel")) {
    return { spelling: "byte-level", dropFirstBlank: false };
  }
  const strips = parts.some(
    (part) => part["type"] === "Strip" && part["content"] === " " && Number(part["start"]) > 0,
  );
  return { spelling: "sentencepiece", dropFirstBlank: strips || has("Metaspace") };
}

function readable(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return Array.from(
      bytes,
      (byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, "0")}>`,
    ).join("");
  }
}

function guard<T>(code: "invalid-file" | "unsupported", what: string, run: () => T): T {
  try {
    return run();
  } catch (cause) {
    throw new CaaError(code, `${what}: ${cause instanceof Error ? cause.message : String(cause)}`, {
      cause,
    });
  }
}
