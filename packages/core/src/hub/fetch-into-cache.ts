import { join } from "node:path";
import { throwIfAborted } from "../errors/caa-error.ts";
import { statOrUndefined } from "../files/stat-or-undefined.ts";
import { ioError } from "../files/wrap-error.ts";
import { downloadFile, hashLike } from "./download-file.ts";
import type { HubCache } from "./hub-cache.ts";
import type { HubClient, HubFile } from "./hub-client.ts";

/** How far the download of one file is. */
export interface DownloadProgress {
  readonly file: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
}

export interface FetchIntoCacheOptions {
  /** Trust nothing in the cache before its hash is right, too: takes as long as reading it. @default false */
  readonly verify?: boolean;
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
}

/**
 * Fetches a file of a commit into the cache unless it is there, and gives its path.
 * @throws {CaaError} as `downloadFile`
 */
export async function fetchIntoCache(
  client: HubClient,
  cache: HubCache,
  commit: string,
  file: HubFile,
  { verify = false, onProgress }: FetchIntoCacheOptions = {},
): Promise<string> {
  const path = join(cache.snapshot(commit), file.path);
  const blob = cache.blob(file.etag);
  const download = client.download(commit, file);
  // By size at least: a content of another size is not the one that its name says.
  const isThere = async (at: string): Promise<boolean> =>
    (await statOrUndefined(at))?.size === file.size &&
    (!verify || (await hashLike(file.etag, at, download.http)) === file.etag);
  try {
    if (await isThere(path)) {
      return path;
    }
    if (!(await isThere(blob))) {
      await downloadFile(download, blob, (loadedBytes) =>
        onProgress?.({ file: file.path, loadedBytes, totalBytes: file.size }),
      );
    }
    await cache.link(file.etag, commit, file.path);
  } catch (error) {
    throw ioError(`hub cache: ${path}`, error);
  }
  return path;
}

/**
 * The path of a file of a commit, without asking the hub; `undefined` when it is not in the cache, or damaged there. Its
 * hash is known by the link to its content: on file systems without links it cannot be compared.
 * @throws {CaaError} `io`, `aborted`
 */
export async function findInCache(
  cache: HubCache,
  commit: string,
  name: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  const path = join(cache.snapshot(commit), name);
  try {
    if ((await statOrUndefined(path))?.isFile() !== true) {
      return undefined;
    }
    const etag = await cache.etag(commit, name);
    const client = { throwIfAborted: () => throwIfAborted(signal) };
    return etag === undefined || (await hashLike(etag, path, client)) === etag ? path : undefined;
  } catch (error) {
    throw ioError(`hub cache: ${path}`, error);
  }
}
