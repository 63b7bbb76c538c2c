import { randomUUID } from "node:crypto";
import { copyFile, mkdir, readlink, rename, rm, symlink } from "node:fs/promises";
import { basename, dirname, join, relative } from "node:path";
import { CaaError } from "../errors/caa-error.ts";
import { readFileLimited } from "../files/read-file-limited.ts";
import { errorCode } from "../files/wrap-error.ts";
import { writeFileAtomic } from "../files/write-file-atomic.ts";
import { COMMIT, type HubRepo, isRepoId, isRevision } from "./repo.ts";

/** A commit has 40. */
const MAX_REF_BYTES = 1000;
/** Names of contents: git's SHA-1 of a blob, or SHA-256. */
const ETAG = /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/;

/**
 * One repository in the standard hub cache, shared with Hugging Face's other libraries: contents in `blobs/`, by hash;
 * `snapshots/<commit>/` with links to them under the files' names; `refs/<revision>` with the commit it named last.
 */
export class HubCache {
  readonly #root: string;

  /** @throws {CaaError} `invalid-argument` for an id or a revision that can be no folder name */
  constructor(cacheDir: string, { type, id, revision }: HubRepo) {
    if (!isRepoId(id) || !isRevision(revision)) {
      throw new CaaError(
        "invalid-argument",
        `hub cache: expected organization/name and a branch, tag or commit, got "${id}" at "${revision}"`,
      );
    }
    this.#root = join(cacheDir, `${type}s--${id.replace("/", "--")}`);
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
    const text = await this.#ref(revision);
    return text !== undefined && COMMIT.test(text) ? text : undefined;
  }

  async #ref(revision: string): Promise<string | undefined> {
    try {
      const bytes = await readFileLimited(join(this.#root, "refs", revision), MAX_REF_BYTES);
      return new TextDecoder().decode(bytes).trim();
    } catch (error) {
      if (CaaError.isInstance(error) && error.code === "not-found") {
        return undefined;
      }
      throw error;
    }
  }

  async setCommit(revision: string, commit: string): Promise<void> {
    if (revision !== commit) {
      await writeFileAtomic(join(this.#root, "refs", revision), commit);
    }
  }

  /** What the content of a file in a snapshot hashes to, by its link; `undefined` where it is none. */
  async etag(commit: string, name: string): Promise<string | undefined> {
    try {
      const etag = basename(await readlink(join(this.snapshot(commit), name)));
      return ETAG.test(etag) ? etag : undefined;
    } catch (error) {
      if (errorCode(error) === "EINVAL" || errorCode(error) === "UNKNOWN") {
        return undefined; // a copy
      }
      throw error;
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
}
