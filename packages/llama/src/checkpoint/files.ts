import { CaaError } from "@caa/core";
import { ioError, statOrUndefined } from "@caa/core/files";
import { readFile } from "node:fs/promises";

export async function isFile(path: string): Promise<boolean> {
  return (await statOrUndefined(path))?.isFile() ?? false;
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
