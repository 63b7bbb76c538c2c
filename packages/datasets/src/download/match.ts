import { createHash } from "node:crypto";
import { CaaError } from "@caa/core";
import { unpack } from "../read/decode.ts";
import { parseRecords } from "../read/parse-records.ts";
import { hashItems } from "../sources/hash-items.ts";
import type { SourceFile } from "../sources/source.ts";
import { MAX_ORIGINAL_BYTES } from "./limits.ts";

/** How a copy of an original file stands to what was published. */
export type Match =
  /** The published bytes, perhaps gzipped. */
  | "exact"
  /** Other bytes, but item by item the published content. */
  | "same-items"
  /** Nothing is known to compare with; it has the form that it should. */
  | "no-pin"
  | "differs";

export interface Verdict {
  readonly match: Match;
  /** SHA-256 of the copy as it is, hex. */
  readonly sha256: string;
  readonly size: number;
  /** What is other than expected; null where nothing is. */
  readonly reason: string | null;
}

/** Compares a copy with its pin: bytes first, also unpacked, then items. Never throws on what the bytes are. */
export function matchOriginal(bytes: Uint8Array, file: SourceFile, path: string): Verdict {
  const common = { sha256: sha256(bytes), size: bytes.length };
  if (file.name.endsWith(".parquet")) {
    const reason = isParquet(bytes) ? null : "expected a parquet file, got other bytes";
    return { match: reason === null ? "no-pin" : "differs", ...common, reason };
  }
  try {
    const plain = unpack(bytes, path);
    if (plain.length > MAX_ORIGINAL_BYTES) {
      const reason = `expected at most ${MAX_ORIGINAL_BYTES} bytes, unpacked it has ${plain.length}`;
      return { match: "differs", ...common, reason };
    }
    if (file.bytes !== null && pinOf(plain, file.bytes) === file.bytes) {
      return { match: "exact", ...common, reason: null };
    }
    const records = parseRecords(plain, file.name);
    const items = hashItems(records.map(({ value }) => value));
    if (file.items === items) {
      return { match: "same-items", ...common, reason: null };
    }
    const pin = file.items ?? file.bytes ?? "none";
    const got = file.items === null ? pinOf(plain, pin) : items;
    const what = file.items === null ? "content" : "items";
    const reason = `expected ${what} of hash ${pin}, got ${got} (${records.length} items)`;
    return { match: "differs", ...common, reason };
  } catch (error) {
    if (error instanceof RangeError) {
      // The stack of the hash was too small for it.
      const reason = "expected the items of a data set, got JSON that is nested too deep";
      return { match: "differs", ...common, reason };
    }
    if (!CaaError.isInstance(error)) {
      throw error;
    }
    return { match: "differs", ...common, reason: error.message };
  }
}

/** In the form of the pin: 40 characters are git's SHA-1 of a blob, 64 SHA-256. */
function pinOf(bytes: Uint8Array, pin: string): string {
  return pin.length === 40
    ? createHash("sha1").update(`blob ${bytes.length}\0`).update(bytes).digest("hex")
    : sha256(bytes);
}

function sha256(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/** Parquet begins and ends with the same four letters. */
function isParquet(bytes: Uint8Array): boolean {
  const mark = (part: Uint8Array): boolean => new TextDecoder("latin1").decode(part) === "PAR1";
  return bytes.length > 12 && mark(bytes.subarray(0, 4)) && mark(bytes.subarray(-4));
}
