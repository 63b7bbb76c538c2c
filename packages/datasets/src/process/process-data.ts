import { CaaError, throwIfAborted } from "@caa/core";
import { writeFileAtomic } from "@caa/core/files";
import type { Direction } from "../behaviors/behavior.ts";
import type { DirectionProbe } from "../behaviors/direction-probe.ts";
import type { BehaviorName } from "../behaviors/known-behaviors.ts";
import type { Problem } from "../read/problem.ts";
import { manifestPath, readManifest, type SetEntry, withEntry } from "./manifest.ts";
import { processBehavior } from "./process-behavior.ts";
import type { ProcessedSet } from "./processed-set.ts";
import { processMmlu, processTruthfulQa } from "./process-test-set.ts";
import { findRawFiles } from "./raw-files.ts";
import { SET_NAMES, type SetName } from "./set-name.ts";
import { sha256Of, writeSet } from "./write-set.ts";

export interface ProcessOptions {
  /** Where the files go. @default the folder of the raw files */
  readonly out?: string | undefined;
  /** @default every set that has raw files */
  readonly names?: readonly SetName[] | undefined;
  /** Of the shuffle, the wrong choices and the letters. @default 0 */
  readonly seed?: number | undefined;
  /** Behaviors whose matching and not matching answers change places. @default none */
  readonly flip?: readonly BehaviorName[] | undefined;
  /** Which way raw sets point, where they are others than the published ones. @default as those */
  readonly directions?: ReadonlyMap<BehaviorName, Direction> | undefined;
  /** Leaves out items for vectors that ask what a test item asks. @default false */
  readonly dropLeaks?: boolean | undefined;
  /** Replaces files of other content. @default false */
  readonly overwrite?: boolean | undefined;
  readonly onProgress?: (event: {
    readonly done: number;
    readonly total: number;
    readonly name: SetName;
  }) => void;
  readonly signal?: AbortSignal | undefined;
}

/** Size of a written file beside that of the published one. */
export interface SizeCheck {
  readonly file: string;
  readonly items: number;
  readonly published: number;
  readonly holds: boolean;
}

/** What became of one set. */
export interface SetReport {
  readonly name: SetName;
  readonly entry: SetEntry;
  readonly sizes: readonly SizeCheck[];
  readonly unusable: readonly Problem[];
  readonly probe: DirectionProbe | null;
  readonly notes: readonly string[];
  /** False when the same files were there already. */
  readonly written: boolean;
}

/** A set that could not be processed. */
export interface FailedSet {
  readonly name: SetName;
  readonly error: CaaError;
}

export interface ProcessReport {
  readonly sets: readonly SetReport[];
  /** Sets that stand in no other's way; never all of them. */
  readonly failed: readonly FailedSet[];
  /** Sets without raw files. */
  readonly missing: readonly SetName[];
}

/**
 * Makes `generate` and `test` files and `manifest.json` from `DIR/raw`. Sets are independent of each other: each has the
 * same bytes whatever else is processed with it, and is on disk before the next one starts. One that cannot be processed is
 * reported, and the others are made; where none can, its error is thrown.
 * @throws {CaaError} aborted; invalid-argument when `flip` or `directions` name a set that is not processed, or `dropLeaks`
 * concerns none; where no set can be processed the first error: not-found, io, invalid-file, invalid-data, empty-selection,
 * invalid-argument when other files are there already
 */
export async function processData(
  dir: string,
  {
    out = dir,
    names: asked,
    seed = 0,
    flip = [],
    directions = new Map(),
    dropLeaks = false,
    overwrite = false,
    onProgress,
    signal,
  }: ProcessOptions = {},
): Promise<ProcessReport> {
  const { names, missing } = await chooseSets(dir, asked);
  for (const name of [...flip, ...directions.keys()]) {
    if (!names.includes(name)) {
      const message = `${name}: expected a set that is processed, got one to be flipped or declared that is not. Processed: ${names.join(", ")}`;
      throw new CaaError("invalid-argument", message, { facts: { name } });
    }
  }
  if (dropLeaks && names.every((name) => name === "truthfulqa" || name === "mmlu")) {
    const message = `expected a behavior among the sets, as only behaviors have leaks to drop, got ${names.join(", ")}`;
    throw new CaaError("invalid-argument", message, { facts: { names } });
  }
  const process = (name: SetName): Promise<ProcessedSet> => {
    switch (name) {
      case "truthfulqa":
        return processTruthfulQa(dir, { seed, signal });
      case "mmlu":
        return processMmlu(dir, { seed, signal });
      default:
        return processBehavior(dir, name, {
          seed,
          flip: flip.includes(name),
          dropLeaks,
          direction: directions.get(name),
        });
    }
  };
  const sets: SetReport[] = [];
  const failed: FailedSet[] = [];
  for (const [done, name] of names.entries()) {
    throwIfAborted(signal);
    onProgress?.({ done, total: names.length, name });
    try {
      const set = await process(name);
      throwIfAborted(signal);
      sets.push(await writeProcessed(out, name, set, overwrite));
    } catch (error) {
      if (!CaaError.isInstance(error) || error.code === "aborted") {
        throw error;
      }
      failed.push({ name, error });
    }
  }
  const [first] = failed;
  if (sets.length === 0 && first !== undefined) {
    throw first.error;
  }
  return { sets, failed, missing };
}

async function chooseSets(
  dir: string,
  asked: readonly SetName[] | undefined,
): Promise<{ readonly names: readonly SetName[]; readonly missing: readonly SetName[] }> {
  if (asked !== undefined) {
    return { names: SET_NAMES.filter((name) => asked.includes(name)), missing: [] };
  }
  const names: SetName[] = [];
  for (const name of SET_NAMES) {
    try {
      await findRawFiles(dir, name);
      names.push(name);
    } catch (error) {
      if (!CaaError.isInstance(error)) {
        throw error;
      }
      if (error.code !== "not-found") {
        names.push(name); // it is told when its turn comes
      }
    }
  }
  if (names.length === 0) {
    const message = `${dir}: expected raw data sets in raw/<name>, got none. Get them: caa data download`;
    throw new CaaError("not-found", message, { facts: { dir } });
  }
  return { names, missing: SET_NAMES.filter((name) => !names.includes(name)) };
}

async function writeProcessed(
  out: string,
  name: SetName,
  set: ProcessedSet,
  overwrite: boolean,
): Promise<SetReport> {
  const manifest = await readManifest(out);
  const written = await writeSet(out, set.files, { overwrite });
  const sizes = set.files.flatMap(({ file, size }) =>
    size === null ? [] : [{ file, ...size, holds: size.items === size.published }],
  );
  const files = set.files.flatMap(({ file, text, size }) =>
    size === null ? [] : [{ file, sha256: sha256Of(text), items: size.items }],
  );
  const entry: SetEntry = { ...set.entry, files };
  const before = JSON.stringify(manifest);
  const after = withEntry(manifest, name, entry);
  // Last: a manifest never speaks of files that are not there yet.
  if (JSON.stringify(after) !== before) {
    await writeFileAtomic(manifestPath(out), `${JSON.stringify(after, null, 2)}\n`);
  }
  const { unusable, probe, notes } = set;
  return { name, entry, sizes, unusable, probe, notes, written };
}
