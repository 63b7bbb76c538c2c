import { writeFileAtomic } from "@caa/core/files";
import { CaaError } from "@caa/core";
import { copyFile, mkdir, rename, rm, symlink } from "node:fs/promises";
import { randomUUID } from "node:crypto";
import { dirname, join, relative } from "node:path";
import { errorCode, isFile, readText } from "../checkpoint/files.ts";
import {
  INDEX_FILE,
  readWeightMap,
  shardsOf,
  SINGLE_FILE,
} from "../checkpoint/safetensors-files.ts";
import { COMMIT } from "./hub-client.ts";
import type { HubModel } from "./model-id.ts";

/**
 * One model in the standard hub cache, shared with Hugging Face's other libraries: contents in `blobs/`, by hash;
 * `snapshots/<commit>/` with links to them under the files' names; `refs/<revision>` with the commit it named last.
 */
export class HubCache {
  readonly #root: string;

  constructor(cacheDir: string, model: HubModel) {
    this.#root = join(cacheDir, `models--${model.id.replace("/", "--")}`);
  }

  snapshot(commit: string): string {
    return join(this.#root, "snapshots", commit);
  }

  blob(etag: string): string {
    return join(this.#root, "blobs", etag);
  }

  /** The commit that a revision named when it was last asked for. */
  async commit(revision: string): Promise<string | undefined> {
    if (COMMIT.test(revision)) {
      return revision;
    }
    const text = (await readText(join(this.#root, "refs", revision), 1000))?.trim();
    return text !== undefined && COMMIT.test(text) ? text : undefined;
  }

  async setCommit(revision: string, commit: string): Promise<void> {
    if (revision !== commit) {
      await writeFileAtomic(join(this.#root, "refs", revision), commit);
    }
  }

  /** Gives a content its file name in a snapshot. */
  async link(etag: string, commit: string, name: string): Promise<void> {
    const path = join(this.snapshot(commit), name);
    const temporary = `${path}.${randomUUID()}.tmp`;
    await mkdir(dirname(path), { recursive: true });
    try {
      try {
        // Relative, so that the cache can be moved.
        await symlink(relative(dirname(path), this.blob(etag)), temporary);
      } catch (error) {
        if (errorCode(error) !== "EPERM" && errorCode(error) !== "ENOSYS") {
          throw error;
        }
        await copyFile(this.blob(etag), temporary); // file systems and accounts without links
      }
      await rename(temporary, path);
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  /** The first file that a snapshot lacks to be opened; `undefined` when it is whole. */
  async missing(commit: string): Promise<string | undefined> {
    const folder = this.snapshot(commit);
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
}
