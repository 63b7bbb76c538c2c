import { CaaError } from "@caa/core";
import type { Tokenizer } from "../tokenizer/tokenizer.ts";
import type { PromptFormat } from "./prompt-style.ts";
import { formatPrompt, type FormattedPrompt, type PromptParts } from "./prompt-text.ts";

export interface EncodedPrompt {
  /** BOS where the style has one, then the text; no EOS. */
  readonly ids: readonly number[];
  /** The text without BOS, as it was encoded. */
  readonly text: string;
  /** Index of the token that holds the last character of the end-of-instruction marker. */
  readonly markerIndex: number;
  /** `markerIndex + 1`: the tokens of the instruction; what follows is answer. */
  readonly promptLength: number;
}

/**
 * The tokens of a prompt and where its instruction ends. A token that holds the marker's last character and more counts
 * as holding it. A marker that the user's text spells out changes nothing: the one that counts is the one written here.
 *
 * @throws {CaaError} `marker-not-found` when the tokens do not spell the marker where it was written; `unsupported`
 *   when the chat template refuses or drops a message
 */
export function encodePrompt(
  tokenizer: Pick<Tokenizer, "encode" | "bytes" | "applyChatTemplate" | "bosId">,
  format: PromptFormat,
  parts: PromptParts,
): EncodedPrompt {
  const prompt = formatPrompt(tokenizer, format, parts);
  const text = prompt.instruction + prompt.answer;
  const tokens = tokenizer.encode(text);
  const marker = findMarker(tokenizer, tokens, prompt);
  // A chat template writes BOS itself.
  const head = format.style === "template" || tokenizer.bosId === null ? [] : [tokenizer.bosId];
  const markerIndex = head.length + marker;
  return { ids: [...head, ...tokens], text, markerIndex, promptLength: markerIndex + 1 };
}

/**
 * Lays the bytes of the tokens side by side and finds where the instruction ends in them. Tokenizers may change a text
 * (a blank put in front of it or after a special token, composed characters), so the end is measured from both ends,
 * and counts only when the marker's own bytes stand before it.
 */
function findMarker(
  tokenizer: Pick<Tokenizer, "bytes">,
  tokens: readonly number[],
  { instruction, answer, marker }: FormattedPrompt,
): number {
  const ends = new Array<number>(); // of each token, in bytes
  const spelled = Buffer.concat(
    tokens.map((id) => {
      const bytes = tokenizer.bytes(id);
      ends.push((ends.at(-1) ?? 0) + bytes.length);
      return bytes;
    }),
  );
  for (const end of candidates(spelled, instruction, answer)) {
    const before = spelled.subarray(0, end);
    if (spellings(marker).some((bytes) => endsWith(before, bytes))) {
      return ends.findIndex((tokenEnd) => tokenEnd >= end);
    }
  }
  throw new CaaError(
    "marker-not-found",
    `prompt: expected the tokens to spell the end of the instruction ${JSON.stringify(marker)}, they do not`,
    { facts: { marker, tokens: tokens.length } },
  );
}

function* candidates(spelled: Buffer, instruction: string, answer: string): Generator<number> {
  for (const bytes of spellings(answer)) {
    if (endsWith(spelled, bytes)) {
      yield spelled.length - bytes.length;
    }
  }
  for (const prefix of ["", " "]) {
    for (const bytes of spellings(prefix + instruction)) {
      if (spelled.subarray(0, bytes.length).equals(bytes)) {
        yield bytes.length;
      }
    }
  }
}

/** The text as given and in the normal forms that tokenizers use. */
function spellings(text: string): Buffer[] {
  return [text, text.normalize("NFC"), text.normalize("NFKC")].map((form) =>
    Buffer.from(form, "utf8"),
  );
}

function endsWith(bytes: Buffer, end: Buffer): boolean {
  return end.length <= bytes.length && bytes.subarray(bytes.length - end.length).equals(end);
}
