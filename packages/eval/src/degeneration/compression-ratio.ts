import { deflateRawSync } from "node:zlib";

/**
 * How far a text can be pressed: bytes after deflate (level 9, no header) over its UTF-8 bytes. Plain prose of a few hundred
 * bytes has about 0.5 to 0.7, a loop much less. Short texts press badly, at worst to a little more than 1, so compare answers
 * of like length.
 * @returns null for an empty text
 */
export function compressionRatio(text: string): number | null {
  const bytes = Buffer.from(text, "utf8");
  return bytes.length === 0 ? null : deflateRawSync(bytes, { level: 9 }).length / bytes.length;
}
