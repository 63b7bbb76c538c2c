import { BEHAVIOR_NAMES, directedBehavior } from "../behaviors/known-behaviors.ts";
import { jsonFile, type OutputFile, writeSet } from "../process/write-set.ts";
import { builtInItems, type BuiltInOptions } from "./built-in-items.ts";
import { setFile } from "./built-in-sets.ts";
import { dataCard } from "./data-card.ts";

/** The files of our sets: seven behaviors in the layout of the published sets, and a data card. */
export function builtInFiles(options: BuiltInOptions = {}): readonly OutputFile[] {
  const sets = BEHAVIOR_NAMES.flatMap((name) => {
    const items = builtInItems(name, options);
    return [
      jsonFile(`generate/${name}/behavior.json`, directedBehavior(name, "as-named")),
      setFile(name, "generate", items.generate),
      setFile(name, "test-ab", items["test-ab"]),
      setFile(name, "test-open-ended", items["test-open-ended"]),
    ];
  });
  return [...sets, { file: "README.md", text: dataCard(options), size: null }];
}

export interface WriteBuiltInOptions extends BuiltInOptions {
  /** Replace other content of these names. @default false */
  readonly overwrite?: boolean;
}

/**
 * Writes our sets into a folder; nothing is written where they are there already.
 * @returns the files, and whether anything was written
 * @throws {CaaError} invalid-argument, before anything is written, for other content of these names or a seed that is not whole; io
 */
export async function writeBuiltInSets(
  dir: string,
  options: WriteBuiltInOptions = {},
): Promise<{ readonly files: readonly OutputFile[]; readonly written: boolean }> {
  const { overwrite = false } = options;
  const files = builtInFiles(options);
  return { files, written: await writeSet(dir, files, { overwrite }) };
}
