import { open } from "node:fs/promises";
import { CaaError } from "@caa/core";
import { MAX_FILE_BYTES } from "./limits.ts";

/** The bytes of a data file. @throws {CaaError} not-found, io; invalid-file for folders and what is too large. */
export async function readBytes(path: string): Promise<Buffer> {
  try {
    const file = await open(path, "r");
    try {
      const stat = await file.stat();
      if (!stat.isFile()) {
        throw new CaaError("invalid-file", `${path}: expected a file, got something else`, {
          facts: { path },
        });
      }
      if (stat.size > MAX_FILE_BYTES) {
        const message = `${path}: expected at most ${MAX_FILE_BYTES} bytes, got ${stat.size}`;
        throw new CaaError("invalid-file", message, { facts: { path, bytes: stat.size } });
      }
      return await file.readFile();
    } finally {
      await file.close();
    }
  } catch (cause) {
    if (CaaError.isInstance(cause)) {
      throw cause;
    }
    const missing =
      cause instanceof Error &&
      "code" in cause &&
      (cause.code === "ENOENT" || cause.code === "ENOTDIR");
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw missing
      ? new CaaError("not-found", `${path}: expected a data set, got no such file`, {
          cause,
          facts: { path },
        })
      : new CaaError("io", `${path}: expected a readable file, got: ${reason}`, {
          cause,
          facts: { path },
        });
  }
}
