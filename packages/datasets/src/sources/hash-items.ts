import { createHash } from "node:crypto";

/**
 * SHA-256, hex, of the items of a file, whatever its layout: each as JSON without blanks and with its keys in the order of
 * their UTF-16 code units, followed by a line break, in the order of the file. JSON and JSONL of the same items hash alike.
 */
export function hashItems(items: Iterable<unknown>): string {
  const hash = createHash("sha256");
  for (const item of items) {
    hash.update(`${JSON.stringify(item, sortKeys)}\n`);
  }
  return hash.digest("hex");
}

function sortKeys(_key: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
}
