import { basename, dirname, join, resolve } from "node:path";
import { CaaError } from "@caa/core";
import {
  BEHAVIOR_FILE,
  DATA_KINDS,
  type DataKind,
  findOne,
  isDataRoot,
  kindOf,
  listNames,
  PLACES,
  stemOfFile,
} from "./data-files.ts";

/** Where the files of one behavior are. */
export interface BehaviorFiles {
  /** Of the folder or the file, empty when that has no letter; what its `behavior.json` says goes before it. */
  readonly name: string;
  /** Whether it was found by its name in a data folder, or by a path of its own. */
  readonly origin: "data-folder" | "path";
  /** The data folder, or that path. */
  readonly place: string;
  /** Null: it has none. */
  readonly paths: Readonly<Record<DataKind, string | null>>;
  /** Path of its `behavior.json`. */
  readonly behaviorFile: string | null;
}

/** Whether a text is the path of a behavior and not a name: it has a slash, starts with a dot, or ends as a data file. */
export function isBehaviorPath(text: string): boolean {
  return /[\\/]|^\.|\.(json|jsonl|csv)(\.gz)?$/i.test(text);
}

/**
 * The files of a behavior that is a path:
 * - a folder with `generate.*` or `generate_dataset.*` (contrast pairs), `test.*` or `test_dataset_ab.*` (A/B items),
 *   `open_ended.*` or `test_dataset_open_ended.*` (questions), and `behavior.json`, each of them optional;
 * - one file of contrast pairs, which serve as A/B items too; one that is named as above is what its name says, and its
 *   folder gives name and `behavior.json`.
 *
 * `.*` is `.json`, `.jsonl` or `.csv`, each also gzipped. The name is that of the folder or file, other characters than
 * letters, digits, `.`, `_` and `-` as `-`.
 * @throws {CaaError} not-found when nothing of that is there; invalid-data when there are two files of a kind
 */
export async function findBehaviorAt(path: string): Promise<BehaviorFiles> {
  const full = resolve(path);
  const kind = await kindOf(full);
  if (kind === null) {
    const message = `${path}: expected a folder or a JSON, JSONL or CSV file, got no such file`;
    throw new CaaError("not-found", message, { facts: { path } });
  }
  return kind === "folder" ? inFolder(full) : ofFile(full);
}

async function inFolder(folder: string): Promise<BehaviorFiles> {
  const find = (kind: DataKind): Promise<string | null> => findOne(folder, namesOf(kind));
  const paths = {
    generate: await find("generate"),
    "test-ab": await find("test-ab"),
    "test-open-ended": await find("test-open-ended"),
  };
  if (Object.values(paths).every((path) => path === null)) {
    const there = (await listNames(folder)).slice(0, 10).join(", ");
    const expected = DATA_KINDS.map((kind) => `${PLACES[kind].short}.json`).join(", ");
    const hint = (await isDataRoot(folder)) ? `; that is a data folder: --data ${folder}` : "";
    const message = `${folder}: expected one of ${expected} (or .jsonl, .csv), got ${there === "" ? "an empty folder" : there}${hint}`;
    throw new CaaError("not-found", message, { facts: { path: folder } });
  }
  return {
    name: cleanName(basename(folder)),
    origin: "path",
    place: folder,
    paths,
    ...(await declared(folder)),
  };
}

async function ofFile(file: string): Promise<BehaviorFiles> {
  const stem = stemOfFile(file);
  const folder = dirname(file);
  const only = DATA_KINDS.find((kind) => namesOf(kind).some((name) => name === stem));
  const at = (kind: DataKind): string | null =>
    kind === only || (only === undefined && kind !== "test-open-ended") ? file : null;
  const paths = {
    generate: at("generate"),
    "test-ab": at("test-ab"),
    "test-open-ended": at("test-open-ended"),
  };
  if (only !== undefined || stem === RAW_NAME) {
    return {
      name: cleanName(basename(folder)),
      origin: "path",
      place: file,
      paths,
      ...(await declared(folder)),
    };
  }
  return { name: cleanName(stem), origin: "path", place: file, paths, behaviorFile: null };
}

/** What raw sets are named, each in its own folder. */
const RAW_NAME = "dataset";

const namesOf = (kind: DataKind): readonly string[] => [PLACES[kind].name, PLACES[kind].short];

async function declared(folder: string): Promise<Pick<BehaviorFiles, "behaviorFile">> {
  const path = join(folder, BEHAVIOR_FILE);
  return { behaviorFile: (await kindOf(path)) === "file" ? path : null };
}

function cleanName(text: string): string {
  return text
    .replaceAll(/[^A-Za-z0-9._-]+/g, "-")
    .replaceAll(/^[._-]+|-+$/g, "")
    .slice(0, 100);
}
