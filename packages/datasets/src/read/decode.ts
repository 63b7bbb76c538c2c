import { gunzipSync } from "node:zlib";
import { CaaError } from "@caa/core";
import { MAX_FILE_BYTES } from "./limits.ts";

/**
 * The text of a data file: unpacked when its bytes are gzip, without byte order mark.
 * @throws {CaaError} invalid-file when it is no gzip that it claims to be, too large, or not UTF-8
 */
export function decodeText(bytes: Uint8Array, path: string): string {
  const plain = unpack(bytes, path);
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(plain); // takes off a byte order mark
  } catch (cause) {
    throw new CaaError("invalid-file", `${path}: expected UTF-8 text, got other bytes`, {
      cause,
      facts: { path },
    });
  }
}

/** The content of gzip; other bytes as they are. @throws {CaaError} invalid-file when it is broken or too large */
export function unpack(bytes: Uint8Array, path: string): Uint8Array {
  if (bytes[0] !== 0x1f || bytes[1] !== 0x8b) {
    return bytes;
  }
  try {
    return gunzipSync(bytes, { maxOutputLength: MAX_FILE_BYTES });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const message = `${path}: expected gzip of at most ${MAX_FILE_BYTES} bytes, got: ${reason}`;
    throw new CaaError("invalid-file", message, { cause, facts: { path } });
  }
}
