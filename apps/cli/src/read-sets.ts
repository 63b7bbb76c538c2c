import { existsSync } from "node:fs";
import { basename, isAbsolute, relative, resolve, sep } from "node:path";
import { CaaError } from "@caa/core";
import {
  type AbItem,
  BEHAVIOR_NAMES,
  type BehaviorName,
  builtInAbSet,
  type DataKind,
  type DataSet,
  findBehaviorAt,
  findBehaviors,
  findDataFile,
  isBehaviorPath,
  isDataRoot,
  nameBehavior,
  parseBehaviorName,
  builtInOpenEndedSet,
  type OpenEndedItem,
  readAbTestSet,
  readGenerateSet,
  readOpenEndedSet,
} from "@caa/datasets";
import type { CliDependencies } from "./dependencies.ts";

export interface SetsOptions {
  /** The data folder, as it was given. @default `datasets` where it is one, else the sets in the package */
  readonly data?: string;
  /** Names in the data folder, or paths. @default all names that are there */
  readonly behaviors?: readonly string[];
}

/** A file of a behavior, found. */
export interface FoundSet {
  readonly behavior: string;
  /** As it was asked for. */
  readonly asked: string;
  /** Null: it is in the package. */
  readonly path: string | null;
}

/** The data folder when none is given. */
export const USUAL_DATA = "datasets";

type Outside = Pick<CliDependencies, "cwd" | "stderr">;

const WHAT = {
  generate: "contrast pairs in generate/<behavior>/generate_dataset.json",
  "test-ab": "test items in test/<behavior>/test_dataset_ab.json",
  "test-open-ended": "questions in test/<behavior>/test_dataset_open_ended.json",
} as const satisfies Record<DataKind, string>;

/** How the items of a kind are read from a file, and made where there is none. */
interface Reader<Item> {
  readonly read: (path: string, options: { readonly behavior: string }) => Promise<DataSet<Item>>;
  readonly builtIn: (behavior: BehaviorName) => DataSet<Item>;
}

const READERS = {
  generate: {
    read: readGenerateSet,
    builtIn: (behavior) => builtInAbSet(behavior, "generate"),
  },
  "test-ab": { read: readAbTestSet, builtIn: (behavior) => builtInAbSet(behavior, "test-ab") },
} as const satisfies Record<string, Reader<AbItem>>;

/**
 * The data sets of the behaviors asked for. Read before a model is opened: a slip costs seconds, not minutes.
 * @throws {CaaError} empty-selection without behaviors; not-found, invalid-data, invalid-file
 */
export function readSets(
  kind: keyof typeof READERS,
  options: SetsOptions,
  outside: Outside,
): Promise<ReadonlyArray<DataSet<AbItem>>> {
  return readAll(kind, READERS[kind], options, outside);
}

/** The open-ended questions of the behaviors asked for. @throws {CaaError} as `readSets` */
export function readQuestionSets(
  options: SetsOptions,
  outside: Outside,
): Promise<ReadonlyArray<DataSet<OpenEndedItem>>> {
  const reader = { read: readOpenEndedSet, builtIn: builtInOpenEndedSet };
  return readAll("test-open-ended", reader, options, outside);
}

async function readAll<Item>(
  kind: DataKind,
  { read, builtIn }: Reader<Item>,
  options: SetsOptions,
  outside: Outside,
): Promise<ReadonlyArray<DataSet<Item>>> {
  const found = await findSets(kind, options, outside);
  const sets = await Promise.all(
    found.map(({ behavior, path }) =>
      path === null ? builtIn(parseBehaviorName(behavior)) : read(path, { behavior }),
    ),
  );
  for (const { behavior, notes = [] } of sets) {
    for (const note of notes) {
      outside.stderr.write(`${behavior}: ${note}\n`);
    }
  }
  return sets;
}

/** How files that are passed on name a data set: from the working folder, or by its last parts; never where it lies on a disk. */
export function portablePath(path: string, cwd: string): string {
  if (!isAbsolute(path)) {
    return path; // a built-in set
  }
  const way = relative(cwd, path);
  const parts = (isAbsolute(way) ? path : way).split(sep);
  return (parts[0] === ".." || isAbsolute(way) ? parts.slice(-3) : parts)
    .filter((part) => part !== "..")
    .join("/");
}

/**
 * The files of one kind of the behaviors asked for.
 * @throws {CaaError} empty-selection without behaviors; not-found; invalid-argument for two behaviors of one name, whose
 *   vectors and results would be written over each other
 */
export async function findSets(
  kind: DataKind,
  { data, behaviors }: SetsOptions,
  outside: Outside,
): Promise<readonly FoundSet[]> {
  const onlyPaths = behaviors?.every(isBehaviorPath) === true;
  const root = onlyPaths ? null : await findDataRoot(data, outside);
  const all = behaviors ?? (root === null ? BEHAVIOR_NAMES : await findBehaviors(root, { kind }));
  if (all.length === 0) {
    throw new CaaError("empty-selection", `${root}: expected ${WHAT[kind]}, got none`);
  }
  const found: FoundSet[] = [];
  for (const asked of all) {
    const next = isBehaviorPath(asked)
      ? await findByPath(kind, asked, outside.cwd)
      : { behavior: asked, asked, path: await findByName(kind, asked, root, outside.cwd) };
    // Some file systems take Kind and kind for one.
    const name = next.behavior.toLowerCase();
    const other = found.find(({ behavior }) => behavior.toLowerCase() === name);
    if (other !== undefined) {
      const message = `--behaviors: expected every name once, got ${other.asked} and ${asked}, both named ${next.behavior}; a behavior.json beside the files may give another name`;
      throw new CaaError("invalid-argument", message, { facts: { behavior: next.behavior } });
    }
    found.push(next);
  }
  return found;
}

/**
 * Where names of behaviors are looked up: the folder that was given, or `datasets` where it is a data folder; else null,
 * for the sets in the package, which is said.
 */
export async function findDataRoot(
  data: string | undefined,
  { cwd, stderr }: Outside,
): Promise<string | null> {
  const dir = resolve(cwd, data ?? USUAL_DATA);
  if (data !== undefined || (await isDataRoot(dir))) {
    return dir;
  }
  stderr.write(
    `data: the built-in sets, made by a grammar, since ${USUAL_DATA} has no generate/ or test/ here; caa data download and caa data process get the originals\n`,
  );
  return null;
}

async function findByPath(kind: DataKind, asked: string, cwd: string): Promise<FoundSet> {
  const files = await findBehaviorAt(resolve(cwd, asked));
  const path = files.paths[kind];
  if (path === null) {
    const there = Object.values(files.paths).flatMap((other) =>
      other === null ? [] : [basename(other)],
    );
    const message = `${asked}: expected ${WHAT[kind].split(" in ", 1)[0]}, got only ${[...new Set(there)].join(", ")}`;
    throw new CaaError("not-found", message, { facts: { asked, kind } });
  }
  return { behavior: await nameBehavior(files), asked, path };
}

async function findByName(
  kind: DataKind,
  asked: string,
  root: string | null,
  cwd: string,
): Promise<string | null> {
  try {
    if (root === null) {
      parseBehaviorName(asked);
      return null;
    }
    return await findDataFile(root, asked, kind);
  } catch (error) {
    throw withPathHint(error, asked, cwd);
  }
}

/** A name that is not found may have been meant as a path. */
export function withPathHint(error: unknown, asked: string, cwd: string): unknown {
  if (CaaError.isInstance(error) && error.code === "not-found" && existsSync(resolve(cwd, asked))) {
    const message = `${error.message}. To mean the folder ${asked} here, write ./${asked}`;
    return new CaaError("not-found", message, { cause: error, facts: error.facts });
  }
  return error;
}
