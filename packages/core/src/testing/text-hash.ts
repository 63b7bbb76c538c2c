/** A whole number below 2^32 from text, the same on every machine (FNV-1a over UTF-16 units, then mixed). */
export function textHash(...parts: readonly (string | number)[]): number {
  let hash = 0x811c9dc5;
  const text = parts.map((part) => `${String(part).length}:${part}`).join("");
  for (let i = 0; i < text.length; i++) {
    hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
