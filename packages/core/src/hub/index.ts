export { hubCacheDirectory } from "./cache-directory.ts";
export { fetchIntoCache } from "./fetch-into-cache.ts";
export { HubCache } from "./hub-cache.ts";
export { HubClient, MAX_ATTEMPTS } from "./hub-client.ts";
export { isRepoId, isRevision } from "./repo.ts";
export type { DownloadProgress } from "./fetch-into-cache.ts";
export type { Fetch, HubClientOptions, HubFile, Sleep } from "./hub-client.ts";
export type { HubRepo } from "./repo.ts";
