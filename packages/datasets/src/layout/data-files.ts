import { readdir, stat } from "node:fs/promises";
import { basename, join } from "node:path";
import { CaaError } from "@caa/core";
import { fileErrorReason } from "@caa/core/files";

/** The kinds of files that a behavior may have. */
export type DataKind = "generate" | "test-ab" | "test-open-ended";

export const DATA_KINDS: readonly DataKind[] = ["generate", "test-ab", "test-open-ended"];

/** Where a data root has the file of a kind, what it is named there and, shorter, in a folder of one's own. */
export const PLACES = {
  generate: { folder: "generate", name: "generate_dataset", short: "generate" },
  "test-ab": { folder: "test", name: "test_dataset_ab", short: "test" },
  "test-open-ended": { folder: "test", name: "test_dataset_open_ended", short: "open_ended" },
} as const satisfies Record<DataKind, Readonly<Record<"folder" | "name" | "short", string>>>;

/** What a behavior says of itself, beside its files. */
export const BEHAVIOR_FILE = "behavior.json";

const SUFFIXES = [".json", ".jsonl", ".csv", ".json.gz", ".jsonl.gz", ".csv.gz"] as const;

/** The name of a data file without what says its format. */
export function stemOfFile(path: string): string {
  return basename(path).replace(/(\.(json|jsonl|csv))?(\.gz)?$/i, "");
}

/**
 * The one data file of these names in a folder; null when there is none.
 * @throws {CaaError} invalid-data when there are several: which one counts would be a guess
 */
export async function findOne(folder: string, names: readonly string[]): Promise<string | null> {
  const [found, another] = await listDataFiles(folder, names);
  if (found !== undefined && another !== undefined) {
    const message = `${folder}: expected one file of a kind, got ${basename(found)} and ${basename(another)}`;
    throw new CaaError("invalid-data", message, { facts: { folder } });
  }
  return found ?? null;
}

/** All data files of these names in a folder. */
export async function listDataFiles(
  folder: string,
  names: readonly string[],
): Promise<readonly string[]> {
  const found: string[] = [];
  for (const name of names) {
    for (const suffix of SUFFIXES) {
      const path = join(folder, name + suffix);
      if ((await kindOf(path)) === "file") {
        found.push(path);
      }
    }
  }
  return found;
}

/** Names in a folder, without hidden ones; none when it is no folder. @throws {CaaError} io */
export async function listNames(dir: string): Promise<readonly string[]> {
  if ((await kindOf(dir)) !== "folder") {
    return [];
  }
  try {
    return (await readdir(dir)).filter((name) => !name.startsWith(".")).sort();
  } catch (cause) {
    const message = `${dir}: expected a readable folder, got: ${fileErrorReason(cause)}`;
    throw new CaaError("io", message, { cause, facts: { dir } });
  }
}

export async function kindOf(path: string): Promise<"file" | "folder" | null> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? "folder" : "file";
  } catch {
    return null;
  }
}

/** Whether a folder has `generate` or `test` in it. */
export async function isDataRoot(dir: string): Promise<boolean> {
  return (
    (await kindOf(join(dir, "generate"))) === "folder" ||
    (await kindOf(join(dir, "test"))) === "folder"
  );
}
