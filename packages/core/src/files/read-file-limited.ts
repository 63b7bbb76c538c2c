import { constants } from "node:fs";
import { open } from "node:fs/promises";
import { CaaError } from "../errors/caa-error.ts";
import { fileError } from "./wrap-error.ts";

/**
 * The bytes of a file of at most `maxBytes`; a larger one is refused before it is read.
 * @throws {CaaError} `not-found`, `io`, or `invalid-file` for what is too large or no regular file
 */
export async function readFileLimited(
  path: string,
  maxBytes: number,
): Promise<Uint8Array<ArrayBuffer>> {
  if (!Number.isSafeInteger(maxBytes) || maxBytes < 0) {
    throw new CaaError(
      "invalid-argument",
      `readFileLimited: expected a limit in whole bytes, got ${maxBytes}`,
    );
  }
  try {
    // A named pipe without a writer would keep an ordinary open waiting; where there is no such flag, there is no such pipe.
    const handle = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
    try {
      const found = await handle.stat();
      if (!found.isFile()) {
        throw new CaaError("invalid-file", `read ${path}: expected a regular file`, {
          facts: { path },
        });
      }
      if (found.size > maxBytes) {
        throw new CaaError(
          "invalid-file",
          `read ${path}: expected at most ${maxBytes} bytes, got ${found.size}`,
          {
            facts: { path, maxBytes, size: found.size },
          },
        );
      }
      // Of the size found above: a file that grows meanwhile cannot exceed the limit.
      const bytes = new Uint8Array(found.size);
      let at = 0;
      while (at < bytes.length) {
        const { bytesRead } = await handle.read(bytes, at, bytes.length - at, at);
        if (bytesRead === 0) {
          throw new CaaError(
            "io",
            `read ${path}: expected ${bytes.length} bytes, got ${at}: it was cut meanwhile`,
            {
              facts: { path },
            },
          );
        }
        at += bytesRead;
      }
      return bytes;
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw fileError("read", path, cause);
  }
}
