import type { Stats } from "node:fs";
import { stat } from "node:fs/promises";
import { errorCode, ioError } from "./wrap-error.ts";

/**
 * What is at a path; `undefined` when there is nothing, or a link to nothing.
 * @throws {CaaError} `io`
 */
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
