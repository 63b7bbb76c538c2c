import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { CaaError } from "@caa/core";
import { suggest } from "./suggest.ts";

/** The kinds of files that a behavior may have. */
export type DataKind = "generate" | "test-ab" | "test-open-ended";

const PLACES = {
  generate: { folder: "generate", name: "generate_dataset" },
  "test-ab": { folder: "test", name: "test_dataset_ab" },
  "test-open-ended": { folder: "test", name: "test_dataset_open_ended" },
} as const satisfies Record<DataKind, { readonly folder: string; readonly name: string }>;

const SUFFIXES = [".json", ".jsonl"] as const;

export interface FindOptions {
  /** Only behaviors that have this file. @default any of them */
  readonly kind?: DataKind;
}

/**
 * Names of the behaviors under a data folder, sorted: `DIR/generate/<behavior>/generate_dataset.json`,
 * `DIR/test/<behavior>/test_dataset_ab.json`, `.../test_dataset_open_ended.json`, each also `.jsonl`.
 * A folder that holds all that in its own `datasets` folder is taken as well.
 * @throws {CaaError} not-found when the folder is not there or has neither `generate` nor `test`; io
 */
export async function findBehaviors(
  dir: string,
  options: FindOptions = {},
): Promise<readonly string[]> {
  const root = await findRoot(dir);
  const kinds: readonly DataKind[] = options.kind
    ? [options.kind]
    : ["generate", "test-ab", "test-open-ended"];
  const names = new Set<string>();
  for (const kind of kinds) {
    for (const behavior of await listFolders(join(root, PLACES[kind].folder))) {
      if (!names.has(behavior) && (await findIn(root, behavior, kind)) !== null) {
        names.add(behavior);
      }
    }
  }
  return [...names].sort();
}

/**
 * The path of a behavior's file.
 * @throws {CaaError} not-found for an unknown behavior, with the closest name and the list of those that are there
 */
export async function findDataFile(dir: string, behavior: string, kind: DataKind): Promise<string> {
  const root = await findRoot(dir);
  const known = await findBehaviors(dir, { kind });
  // Taken from the listing only: a name such as `../x` never becomes a path.
  const path = known.includes(behavior) ? await findIn(root, behavior, kind) : null;
  if (path !== null) {
    return path;
  }
  const near = suggest(behavior, known);
  const hint = near === null ? "" : ` Did you mean ${JSON.stringify(near)}?`;
  const list = known.length === 0 ? "no behavior" : known.join(", ");
  const message = `${join(root, PLACES[kind].folder)}: expected the behavior ${JSON.stringify(behavior)}, got none of that name with a ${PLACES[kind].name}.json.${hint} There: ${list}`;
  throw new CaaError("not-found", message, { facts: { behavior, suggestion: near, known } });
}

async function findRoot(dir: string): Promise<string> {
  for (const root of [dir, join(dir, "datasets")]) {
    if (
      (await kindOf(join(root, "generate"))) === "folder" ||
      (await kindOf(join(root, "test"))) === "folder"
    ) {
      return root;
    }
  }
  const there = await kindOf(dir);
  const got =
    there === null ? "no such folder" : there === "folder" ? "neither of them in it" : "a file";
  throw new CaaError(
    "not-found",
    `${dir}: expected a data folder with generate/ or test/, got ${got}`,
    {
      facts: { dir },
    },
  );
}

async function findIn(root: string, behavior: string, kind: DataKind): Promise<string | null> {
  for (const suffix of SUFFIXES) {
    const path = join(root, PLACES[kind].folder, behavior, PLACES[kind].name + suffix);
    if ((await kindOf(path)) === "file") {
      return path;
    }
  }
  return null;
}

async function listFolders(dir: string): Promise<readonly string[]> {
  if ((await kindOf(dir)) !== "folder") {
    return [];
  }
  try {
    return (await readdir(dir)).filter((name) => !name.startsWith("."));
  } catch (cause) {
    throw new CaaError("io", `${dir}: expected a readable folder, got: ${String(cause)}`, {
      cause,
      facts: { dir },
    });
  }
}

async function kindOf(path: string): Promise<"file" | "folder" | null> {
  try {
    const found = await stat(path);
    return found.isDirectory() ? "folder" : "file";
  } catch {
    return null;
  }
}
