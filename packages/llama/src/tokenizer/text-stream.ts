/** Turns tokens into text as they come. */
export interface TextStream {
  /** The text that is certain after this token: bytes of an unfinished character wait for the rest of it. */
  push(id: number): string;
  /** What is left at the end; an unfinished character becomes U+FFFD. */
  flush(): string;
}

/**
 * All pushes and the flush together equal decoding the whole sequence without special tokens.
 *
 * @param bytesOf the bytes of a token, empty for special ones
 * @param dropFirstBlank whether one blank at the very start belongs to the tokenizer and not to the text
 */
export function createTextStream(
  bytesOf: (id: number) => Uint8Array,
  dropFirstBlank: boolean,
): TextStream {
  const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
  let atStart = dropFirstBlank;
  const release = (text: string): string => {
    if (!atStart || text === "") {
      return text;
    }
    atStart = false;
    return text.startsWith(" ") ? text.slice(1) : text;
  };
  return {
    push: (id) => release(decoder.decode(bytesOf(id), { stream: true })),
    flush: () => release(decoder.decode()),
  };
}
