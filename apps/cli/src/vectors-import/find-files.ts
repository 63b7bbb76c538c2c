import { readdir } from "node:fs/promises";
import { basename, join, resolve } from "node:path";
import { CaaError } from "@caa/core";
import { filesOfModel, ioError, shortModelName, statOrUndefined } from "@caa/core/files";

/** A file a layer, as many as the provenance of vectors names. */
const MAX_FILES = 2_048;

/** Files that together are the vectors of one behavior. */
export interface VectorFiles {
  /** As the folder is called; null for files that were named one by one. */
  readonly behavior: string | null;
  readonly paths: readonly string[];
  /** As the files' names have it; null where they do not. */
  readonly model: string | null;
  /** How many files of other models are left out. */
  readonly others: number;
}

/**
 * The files of vectors at the paths of a command line: files, one folder of `.pt` files, or a folder of such folders, one
 * a behavior. Of files of several models those of the model that is asked for are taken.
 * @param model its id; undefined where the files say it themselves
 * @throws {CaaError} not-found, io; invalid-argument for a folder beside other paths, and more than 2,048 files of a behavior
 */
export async function findVectorFiles(
  paths: readonly string[],
  { cwd, model }: { readonly cwd: string; readonly model: string | undefined },
): Promise<readonly VectorFiles[]> {
  const short = model === undefined ? undefined : shortModelName(model);
  const absolute = paths.map((path) => resolve(cwd, path));
  const folders: string[] = [];
  for (const path of absolute) {
    const found = await statOrUndefined(path);
    if (found === undefined) {
      throw new CaaError("not-found", `${path}: expected a file or folder of vectors, got none`);
    }
    if (found.isDirectory()) {
      folders.push(path);
    }
  }
  const [folder] = folders;
  if (folder === undefined) {
    const files = group(absolute, null, short);
    if (files.others > 0) {
      const message = `expected files of one model, got ${files.others} that are not named for ${files.model ?? ""}`;
      throw new CaaError("invalid-argument", message);
    }
    return [files];
  }
  if (absolute.length > 1) {
    const message = `${folder}: expected a folder alone, got ${absolute.length} paths`;
    throw new CaaError("invalid-argument", message, { facts: { folder } });
  }
  const own = await torchFiles(folder);
  if (own.length > 0) {
    return [group(own, basename(folder), short)];
  }
  const groups: VectorFiles[] = [];
  for (const name of await list(folder)) {
    const files = await torchFiles(join(folder, name));
    if (files.length > 0) {
      groups.push(group(files, name, short));
    }
  }
  if (groups.length === 0) {
    const message = `${folder}: expected .pt files or folders of them, one a behavior, got none`;
    throw new CaaError("not-found", message, { facts: { folder } });
  }
  return groups;
}

function group(
  paths: readonly string[],
  behavior: string | null,
  short: string | undefined,
): VectorFiles {
  const names = paths.map((path) => basename(path));
  const chosen = filesOfModel(names, short);
  if (chosen.names.length > MAX_FILES) {
    const message = `${behavior ?? "import"}: expected at most ${MAX_FILES} files of one behavior, got ${chosen.names.length}`;
    throw new CaaError("invalid-argument", message);
  }
  const taken = new Set(chosen.names);
  return {
    behavior,
    paths: paths.filter((path) => taken.has(basename(path))),
    model: chosen.model,
    others: names.length - chosen.names.length,
  };
}

async function torchFiles(folder: string): Promise<readonly string[]> {
  const isFolder = (await statOrUndefined(folder))?.isDirectory() === true;
  const names = isFolder ? await list(folder) : [];
  return names.filter((name) => name.endsWith(".pt")).map((name) => join(folder, name));
}

async function list(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).filter((name) => !name.startsWith(".")).sort();
  } catch (cause) {
    throw ioError(folder, cause);
  }
}
