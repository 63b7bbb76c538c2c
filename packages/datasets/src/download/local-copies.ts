import type { Dirent } from "node:fs";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, relative, sep } from "node:path";
import { CaaError, throwIfAborted } from "@caa/core";
import { ioError, statOrUndefined } from "@caa/core/files";
import type { SourceFile } from "../sources/source.ts";
import { MAX_CANDIDATES, MAX_SEARCH_DEPTH, MAX_SEARCH_ENTRIES } from "./limits.ts";
import { DIFFERS } from "./raw-folder.ts";

/** Files below a folder, by their names. */
export class LocalCopies {
  readonly #root: string;
  readonly #byName: ReadonlyMap<string, readonly string[]>;

  private constructor(root: string, byName: ReadonlyMap<string, readonly string[]>) {
    this.#root = root;
    this.#byName = byName;
  }

  /**
   * Looks through a folder and those below it, hidden ones and `node_modules` left out, links to folders not followed.
   * @throws {CaaError} not-found when there is no such folder; invalid-argument when it holds too much; io; aborted
   */
  static async find(root: string, signal?: AbortSignal): Promise<LocalCopies> {
    if ((await statOrUndefined(root))?.isDirectory() !== true) {
      throw new CaaError("not-found", `${root}: expected a folder of originals, got no folder`, {
        facts: { path: root },
      });
    }
    const byName = new Map<string, string[]>();
    let seen = 0;
    let level = [root];
    for (let depth = 0; depth < MAX_SEARCH_DEPTH && level.length > 0; depth += 1) {
      const below: string[] = [];
      for (const folder of level) {
        throwIfAborted(signal);
        for (const entry of await entriesOf(folder)) {
          seen += 1;
          if (seen > MAX_SEARCH_ENTRIES) {
            throw new CaaError(
              "invalid-argument",
              `${root}: expected a folder of originals, got one with more than ${MAX_SEARCH_ENTRIES} files below it`,
              { facts: { path: root } },
            );
          }
          const path = join(folder, entry.name);
          if (!entry.isDirectory()) {
            byName.set(entry.name, [...(byName.get(entry.name) ?? []), path]);
          } else if (![DIFFERS, "node_modules"].includes(entry.name)) {
            below.push(path);
          }
        }
      }
      level = below;
    }
    return new LocalCopies(root, byName);
  }

  /** Paths of what may be copies of a file, nearest to the folder first. */
  of({ name, folders }: SourceFile): readonly string[] {
    return [name, `${name}.gz`]
      .flatMap((wanted) => this.#byName.get(wanted) ?? [])
      .filter((path) => folders === null || folders.includes(basename(dirname(path))))
      .slice(0, MAX_CANDIDATES);
  }

  /** As people write it, from the folder on. */
  nameOf(path: string): string {
    return relative(this.#root, path).split(sep).join("/");
  }
}

/** Links may lead to files, as in the hub's cache, and are taken for files. */
async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    const entries = await readdir(folder, { withFileTypes: true });
    return entries
      .filter((entry) => !entry.name.startsWith("."))
      .sort((a, b) => (a.name < b.name ? -1 : 1));
  } catch (error) {
    throw ioError(folder, error);
  }
}
