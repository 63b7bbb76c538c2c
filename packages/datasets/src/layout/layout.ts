import { join } from "node:path";
import { CaaError } from "@caa/core";
import {
  BEHAVIOR_FILE,
  DATA_KINDS,
  type DataKind,
  findOne,
  isDataRoot,
  kindOf,
  listDataFiles,
  listNames,
  PLACES,
} from "./data-files.ts";
import type { BehaviorFiles } from "./behavior-files.ts";
import { suggest } from "./suggest.ts";

export type { DataKind };

export interface FindOptions {
  /** Only behaviors that have this file. @default any of them */
  readonly kind?: DataKind;
}

/**
 * Names of the behaviors under a data folder, sorted: `DIR/generate/<behavior>/generate_dataset.json`,
 * `DIR/test/<behavior>/test_dataset_ab.json`, `.../test_dataset_open_ended.json`, each also `.jsonl` or `.csv`, and
 * gzipped. A folder that holds all that in its own `datasets` folder is taken as well.
 * @throws {CaaError} not-found when the folder is not there or has neither `generate` nor `test`; io
 */
export async function findBehaviors(
  dir: string,
  options: FindOptions = {},
): Promise<readonly string[]> {
  const root = await findRoot(dir);
  const names = new Set<string>();
  for (const kind of options.kind === undefined ? DATA_KINDS : [options.kind]) {
    const { folder, name } = PLACES[kind];
    for (const behavior of await listNames(join(root, folder))) {
      if (!names.has(behavior)) {
        const files = await listDataFiles(join(root, folder, behavior), [name]);
        if (files.length > 0) {
          names.add(behavior);
        }
      }
    }
  }
  return [...names].sort();
}

/**
 * The path of a behavior's file.
 * @throws {CaaError} not-found for an unknown behavior, with the closest name and the list of those that are there;
 *   invalid-data when there are two such files
 */
export async function findDataFile(dir: string, behavior: string, kind: DataKind): Promise<string> {
  const root = await findRoot(dir);
  const { folder, name } = PLACES[kind];
  await checkKnown(dir, root, behavior, kind);
  const path = await findOne(join(root, folder, behavior), [name]);
  if (path === null) {
    throw new CaaError("not-found", `${join(root, folder, behavior)}: expected ${name}.json`);
  }
  return path;
}

/** All files of a behavior in a data folder. @throws {CaaError} as `findDataFile` */
export async function findNamedBehavior(dir: string, behavior: string): Promise<BehaviorFiles> {
  const root = await findRoot(dir);
  await checkKnown(dir, root, behavior);
  const find = (kind: DataKind): Promise<string | null> =>
    findOne(join(root, PLACES[kind].folder, behavior), [PLACES[kind].name]);
  const declared = join(root, PLACES.generate.folder, behavior, BEHAVIOR_FILE);
  return {
    name: behavior,
    origin: "data-folder",
    place: root,
    paths: {
      generate: await find("generate"),
      "test-ab": await find("test-ab"),
      "test-open-ended": await find("test-open-ended"),
    },
    behaviorFile: (await kindOf(declared)) === "file" ? declared : null,
  };
}

// Taken from the listing only: a name such as `../x` never becomes a path.
async function checkKnown(
  dir: string,
  root: string,
  behavior: string,
  kind?: DataKind,
): Promise<void> {
  const known = await findBehaviors(dir, kind === undefined ? {} : { kind });
  if (known.includes(behavior)) {
    return;
  }
  const near = suggest(behavior, known);
  const hint = near === null ? "" : ` Did you mean ${JSON.stringify(near)}?`;
  const list = known.length === 0 ? "no behavior" : known.join(", ");
  const place = kind === undefined ? root : join(root, PLACES[kind].folder);
  const what = kind === undefined ? "" : ` with a ${PLACES[kind].name}.json`;
  const message = `${place}: expected the behavior ${JSON.stringify(behavior)}, got none of that name${what}.${hint} There: ${list}`;
  throw new CaaError("not-found", message, { facts: { behavior, suggestion: near, known } });
}

async function findRoot(dir: string): Promise<string> {
  for (const root of [dir, join(dir, "datasets")]) {
    if (await isDataRoot(root)) {
      return root;
    }
  }
  const there = await kindOf(dir);
  const got =
    there === null ? "no such folder" : there === "folder" ? "neither of them in it" : "a file";
  const message = `${dir}: expected a data folder with generate/ or test/, got ${got}`;
  throw new CaaError("not-found", message, { facts: { dir } });
}
