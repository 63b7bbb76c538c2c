import { join } from "node:path";
import { statOrUndefined } from "../files/stat-or-undefined.ts";
import { downloadFile } from "./download-file.ts";
import type { HubCache } from "./hub-cache.ts";
import type { HubClient, HubFile } from "./hub-client.ts";

/** How far the download of one file is. */
export interface DownloadProgress {
  readonly file: string;
  readonly loadedBytes: number;
  readonly totalBytes: number;
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
  onProgress?: (progress: DownloadProgress) => void,
): Promise<string> {
  const path = join(cache.snapshot(commit), file.path);
  // By size too: a content of another size is not the one that its name says.
  if ((await statOrUndefined(path))?.size === file.size) {
    return path;
  }
  const blob = cache.blob(file.etag);
  if ((await statOrUndefined(blob))?.size !== file.size) {
    await downloadFile(client.download(commit, file), blob, (loadedBytes) =>
      onProgress?.({ file: file.path, loadedBytes, totalBytes: file.size }),
    );
  }
  await cache.link(file.etag, commit, file.path);
  return path;
}
