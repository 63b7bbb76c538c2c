import { join } from "node:path";
import { statOrUndefined } from "../files/stat-or-undefined.ts";
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
  if (await isThere(path)) {
    return path;
  }
  if (!(await isThere(blob))) {
    await downloadFile(download, blob, (loadedBytes) =>
      onProgress?.({ file: file.path, loadedBytes, totalBytes: file.size }),
    );
  }
  await cache.link(file.etag, commit, file.path);
  return path;
}
