import { CaaError } from "@caa/core";
import { join } from "node:path";
import { isFile } from "../checkpoint/files.ts";
import {
  INDEX_FILE,
  readWeightMap,
  shardsOf,
  SINGLE_FILE,
} from "../checkpoint/safetensors-files.ts";

/** The first file that a folder lacks to be opened as a model; `undefined` when it is whole. */
export async function missingFile(folder: string): Promise<string | undefined> {
  const needed = ["config.json", "tokenizer.json"];
  if (!(await isFile(join(folder, SINGLE_FILE)))) {
    const map = await readWeightMap(folder).catch((error: unknown) => {
      // A damaged index is one that lacks: it can be fetched again.
      if (CaaError.isInstance(error) && error.code === "invalid-file") {
        return undefined;
      }
      throw error;
    });
    needed.push(...(map === undefined ? [`${SINGLE_FILE} or ${INDEX_FILE}`] : shardsOf(map)));
  }
  for (const name of needed) {
    if (!(await isFile(join(folder, name)))) {
      return name;
    }
  }
  return undefined;
}
