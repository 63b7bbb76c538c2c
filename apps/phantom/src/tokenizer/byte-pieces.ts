/**
 * The printable character that stands for a byte in byte-level vocabularies: printable Latin-1 stands for itself, the
 * other bytes, in order, for U+0100, U+0101, ...
 */
export function pieceOfByte(byte: number): string {
  return PIECES[byte] ?? "";
}

const isPrintable = (byte: number): boolean =>
  (byte >= 0x21 && byte <= 0x7e) ||
  (byte >= 0xa1 && byte <= 0xac) ||
  (byte >= 0xae && byte <= 0xff);

const PIECES: readonly string[] = pieces();

function pieces(): readonly string[] {
  let next = 0x100;
  return Array.from({ length: 256 }, (_, byte) =>
    String.fromCodePoint(isPrintable(byte) ? byte : next++),
  );
}
