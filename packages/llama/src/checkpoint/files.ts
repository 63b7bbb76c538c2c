import { CaaError } from "@caa/core";
import { fileErrorReason } from "@caa/core/files";
import type { Stats } from "node:fs";
import { readFile, stat } from "node:fs/promises";

/** The code of a Node file system error, such as `ENOENT`. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : undefined;
}

/** What the file system refused, as an error of this project; errors of this project pass. */
export function ioError(what: string, error: unknown): CaaError {
  if (CaaError.isInstance(error)) {
    return error;
  }
  return new CaaError("io", `${what}: ${fileErrorReason(error)}`, {
    cause: error,
    facts: { code: errorCode(error) },
  });
}

export async function isFile(path: string): Promise<boolean> {
  return (await statOrUndefined(path))?.isFile() ?? false;
}

/** `undefined` when there is nothing, or a link to nothing. */
export async function statOrUndefined(path: string): Promise<Stats | undefined> {
  try {
    return await stat(path);
  } catch (error) {
    const code = errorCode(error);
    if (code === "ENOENT" || code === "ENOTDIR" || code === "ELOOP" || code === "ENAMETOOLONG") {
      return undefined;
    }
    throw ioError(path, error);
  }
}

/** A JSON file of at most `maxBytes`; `undefined` when there is none. */
export async function readJson(path: string, maxBytes: number): Promise<unknown> {
  const text = await readText(path, maxBytes);
  if (text === undefined) {
    return undefined;
  }
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new CaaError("invalid-file", `${path}: expected JSON`, { cause });
  }
}

/** A text file of at most `maxBytes`; `undefined` when there is none. */
export async function readText(path: string, maxBytes: number): Promise<string | undefined> {
  const found = await statOrUndefined(path);
  if (found === undefined) {
    return undefined;
  }
  if (!found.isFile() || found.size > maxBytes) {
    throw new CaaError(
      "invalid-file",
      `${path}: expected a file of at most ${maxBytes} bytes, got ${found.isFile() ? `${found.size} bytes` : "something else"}`,
    );
  }
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    throw ioError(path, error);
  }
}
