import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { throwIfAborted } from "../errors/caa-error.ts";
import type { CallOptions } from "../model/steerable-model.ts";
import { fileError } from "./wrap-error.ts";

/**
 * SHA-256 of a file's content, lower-case hex, read in pieces.
 * @throws {CaaError} `not-found`, `io`, or `aborted`
 */
export async function sha256File(path: string, options: CallOptions = {}): Promise<string> {
  throwIfAborted(options.signal);
  const hash = createHash("sha256");
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
      throwIfAborted(options.signal);
      hash.update(chunk);
    }
  } catch (cause) {
    throw fileError("read", path, cause);
  }
  return hash.digest("hex");
}
