import { gunzipSync } from "node:zlib";
import { MAX_FILE_BYTES } from "./limits.ts";
import { type Problem, problemError } from "./problem.ts";

/** The text of a data file, unpacked when its bytes are gzip, without byte order mark; or what is wrong with it. */
export function tryDecode(
  bytes: Uint8Array,
  path: string,
): { readonly text: string } | { readonly problem: Problem } {
  const unpacked = tryUnpack(bytes, path);
  if ("problem" in unpacked) {
    return unpacked;
  }
  const text = fromUtf8(unpacked.bytes);
  if (text === null) {
    const line = firstBadLine(unpacked.bytes);
    const reason = "expected UTF-8 text, got other bytes; save the file as UTF-8";
    return { problem: { code: "invalid-file", path, item: null, line, field: "", reason } };
  }
  return { text };
}

/** The content of gzip; other bytes as they are. @throws {CaaError} invalid-file when it is broken or too large */
export function unpack(bytes: Uint8Array, path: string): Uint8Array {
  const unpacked = tryUnpack(bytes, path);
  if ("problem" in unpacked) {
    throw problemError(unpacked.problem);
  }
  return unpacked.bytes;
}

function tryUnpack(
  bytes: Uint8Array,
  path: string,
): { readonly bytes: Uint8Array } | { readonly problem: Problem } {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    return { bytes };
  }
  try {
    return { bytes: gunzipSync(bytes, { maxOutputLength: MAX_FILE_BYTES }) };
  } catch (cause) {
    const got = cause instanceof Error ? cause.message : String(cause);
    const reason = `expected gzip of at most ${MAX_FILE_BYTES} bytes, got: ${got}`;
    return { problem: { code: "invalid-file", path, item: null, line: null, field: "", reason } };
  }
}

function fromUtf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes); // takes off a byte order mark
  } catch {
    return null;
  }
}

/** No character of UTF-8 holds the byte of a line break, so lines can be looked at one by one. */
function firstBadLine(bytes: Uint8Array): number | null {
  let start = 0;
  for (let line = 1; start <= bytes.length; line += 1) {
    const found = bytes.indexOf(0x0a, start);
    const end = found < 0 ? bytes.length : found;
    if (fromUtf8(bytes.subarray(start, end)) === null) {
      return line;
    }
    start = end + 1;
  }
  return null;
}
