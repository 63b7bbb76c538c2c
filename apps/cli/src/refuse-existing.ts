import { relative } from "node:path";
import { CaaError } from "@caa/core";
import { isFile } from "./vector-files.ts";

/**
 * Before the first of several files is written: none of them is there, unless `--overwrite` says that they may be replaced.
 * @throws {CaaError} invalid-argument naming the first that is there
 */
export async function refuseExisting(
  paths: readonly string[],
  { overwrite = false, cwd }: { readonly overwrite: boolean | undefined; readonly cwd: string },
): Promise<void> {
  for (const path of overwrite ? [] : paths) {
    if (await isFile(path)) {
      const message = `${relative(cwd, path)}: expected no such file, got one; --overwrite replaces it`;
      throw new CaaError("invalid-argument", message, { facts: { path } });
    }
  }
}
