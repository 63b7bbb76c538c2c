/** How a vocabulary spells bytes: GPT-2's printable stand-ins, or SentencePiece's pieces with `<0xNN>` for lone bytes. */
export type TokenSpelling = "byte-level" | "sentencepiece";

const encoder = new TextEncoder();
const BYTE_PIECE = /^<0x([0-9A-Fa-f]{2})>$/;
const SENTENCEPIECE_BLANK = /\u2581/g;

/** The bytes that an ordinary token stands for: `Ġcat` and `▁cat` are " cat", `<0xE2>` is one byte of a character. */
export function tokenBytes(piece: string, spelling: TokenSpelling): Uint8Array {
  if (spelling === "sentencepiece") {
    const byte = BYTE_PIECE.exec(piece)?.[1];
    return byte === undefined
      ? encoder.encode(piece.replace(SENTENCEPIECE_BLANK, " "))
      : Uint8Array.of(Number.parseInt(byte, 16));
  }
  const bytes = new Array<number>();
  for (const character of piece) {
    const byte = BYTE_OF_STAND_IN.get(character);
    if (byte === undefined) {
      return encoder.encode(piece); // not spelled in stand-ins: it is the text itself
    }
    bytes.push(byte);
  }
  return Uint8Array.from(bytes);
}

/** Printable Latin-1 bytes stand for themselves; the others, in order, for U+0100, U+0101, ... */
const BYTE_OF_STAND_IN: ReadonlyMap<string, number> = standIns();

function standIns(): Map<string, number> {
  const printable = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) ||
    (byte >= 0xa1 && byte <= 0xac) ||
    (byte >= 0xae && byte <= 0xff);
  const table = new Map<string, number>();
  let next = 0x100;
  for (let byte = 0; byte < 256; byte++) {
    table.set(String.fromCodePoint(printable(byte) ? byte : next++), byte);
  }
  return table;
}
