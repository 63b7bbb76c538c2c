import { randomUUID } from "node:crypto";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { CaaError } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import {
  downloadFile,
  fetchIntoCache,
  findInCache,
  HubCache,
  HubClient,
  type HubFile,
  type HubRepo,
  type TransferOptions,
  urlDownload,
} from "@caa/core/hub";
import type { Origin, Source, SourceFile } from "../sources/source.ts";
import { MAX_ORIGINAL_BYTES } from "./limits.ts";
import { matchOriginal, type Verdict } from "./match.ts";

/** Where originals are fetched from. */
export interface PublishedOptions extends TransferOptions {
  /** The hub cache; see `hubCacheDirectory`. */
  readonly cacheDir: string;
  /** The hub or a mirror that speaks as it does. @default "https://huggingface.co" */
  readonly hubEndpoint?: string | undefined;
  /** @default "https://raw.githubusercontent.com" */
  readonly gitHubEndpoint?: string | undefined;
  /** A server from which everything comes instead: `<mirror>/raw/<set>/<file>`, a copy of a folder of originals. */
  readonly mirror?: string | undefined;
  /** Of the hub; it goes there alone. */
  readonly token?: string | undefined;
}

/** A file as it came. */
export interface Fetched {
  readonly bytes: Uint8Array;
  readonly verdict: Verdict;
  readonly origin: string;
  readonly revision: string | null;
  /** Something the user should know. */
  readonly note: string | null;
}

type OnBytes = (loaded: number, total: number | undefined) => void;

const DEFAULT_GITHUB = "https://raw.githubusercontent.com";
const BRANCH = "main";

/** Originals from where they are published. One of these serves one run: what it asked the hub it does not ask again. */
export class Published {
  readonly #options: PublishedOptions;
  readonly #repos = new Map<string, Promise<OpenRepo>>();
  /** Servers that could not be reached after all tries. */
  readonly #down = new Map<string, CaaError>();

  constructor(options: PublishedOptions) {
    this.#options = options;
  }

  /**
   * Fetches one file; parts of it grow in `folder`, from where a later run goes on.
   * @throws {CaaError} download-failed, not-found, access-denied, io, aborted
   */
  async fetch(
    source: Source,
    file: SourceFile,
    origin: Origin,
    folder: string,
    onBytes: OnBytes,
  ): Promise<Fetched> {
    const { mirror, gitHubEndpoint = DEFAULT_GITHUB, hubEndpoint = "" } = this.#options;
    if (mirror !== undefined) {
      const url = `${trimmed(mirror)}/raw/${source.name}/${file.name}`;
      return this.#unlessDown(mirror, () => this.#fromUrl(url, file, folder, onBytes));
    }
    if (origin.kind === "github") {
      const url = `${trimmed(gitHubEndpoint)}/${origin.repo}/${BRANCH}/${origin.path}`;
      return this.#unlessDown(gitHubEndpoint, () => this.#fromUrl(url, file, folder, onBytes));
    }
    const repo = { type: "dataset", id: origin.repo, revision: BRANCH } as const;
    const cache = new HubCache(this.#options.cacheDir, repo);
    try {
      return await this.#unlessDown(hubEndpoint, () =>
        this.#fromHub(repo, cache, file, origin.path, onBytes),
      );
    } catch (error) {
      return fromCache(cache, file, origin, error, this.#options.signal);
    }
  }

  async #fromHub(
    repo: HubRepo,
    cache: HubCache,
    file: SourceFile,
    path: string,
    onBytes: OnBytes,
  ): Promise<Fetched> {
    const { client, commit, files } = await this.#open(repo);
    const listed = files.get(path);
    if (listed === undefined) {
      throw new CaaError(
        "not-found",
        `data set ${repo.id}: expected the file ${path}, commit ${commit.slice(0, 8)} has none of that name`,
        { facts: { id: repo.id, path, commit } },
      );
    }
    if (listed.size > MAX_ORIGINAL_BYTES) {
      throw client.failed(
        `${path}: expected at most ${MAX_ORIGINAL_BYTES} bytes, it has ${listed.size}`,
        undefined,
        { final: true },
      );
    }
    const at = await fetchIntoCache(client, cache, commit, listed, {
      verify: true,
      onProgress: ({ loadedBytes, totalBytes }) => onBytes(loadedBytes, totalBytes),
    });
    await cache.setCommit(repo.revision, commit);
    return judged(at, file, hubOrigin(repo.id, path), commit, null);
  }

  /** Facts and list of a repository, once for all of its files. */
  #open(repo: HubRepo): Promise<OpenRepo> {
    const { hubEndpoint, ...options } = this.#options;
    const open = async (): Promise<OpenRepo> => {
      const client = new HubClient({ ...options, repo, endpoint: hubEndpoint });
      const commit = await client.commit();
      const list = await client.files(commit, { recursive: true });
      return { client, commit, files: new Map(list.map((file) => [file.path, file])) };
    };
    const opened = this.#repos.get(repo.id) ?? open();
    this.#repos.set(repo.id, opened);
    return opened;
  }

  /** A plain address says nothing about its content, so what comes is compared here; wrong bytes may be a fault of the way. */
  async #fromUrl(
    url: string,
    file: SourceFile,
    folder: string,
    onBytes: OnBytes,
  ): Promise<Fetched> {
    // Hidden: not yet a file of the set. Each run has its own, so that none takes another's away.
    const partOf = join(folder, `.${file.name}`);
    const staged = `${partOf}.${randomUUID()}`;
    const download = urlDownload(url, {
      ...this.#options,
      name: file.name,
      maxBytes: MAX_ORIGINAL_BYTES,
      compared: file.bytes !== null || file.items !== null,
    });
    try {
      for (let again = false; ; again = true) {
        await downloadFile(download, staged, onBytes, { partOf });
        const fetched = await judged(staged, file, url, null, null);
        if (fetched.verdict.match !== "differs" || again) {
          return fetched;
        }
        await download.http.pause(1);
      }
    } finally {
      await rm(staged, { force: true });
    }
  }

  /** A server that is down is waited for once, not for each of its files. */
  async #unlessDown<T>(server: string, fetch: () => Promise<T>): Promise<T> {
    const known = this.#down.get(server);
    if (known !== undefined) {
      throw known;
    }
    try {
      return await fetch();
    } catch (error) {
      if (CaaError.isInstance(error) && error.facts["unreachable"] === true) {
        this.#down.set(server, error);
      }
      throw error;
    }
  }
}

interface OpenRepo {
  readonly client: HubClient;
  readonly commit: string;
  readonly files: ReadonlyMap<string, HubFile>;
}

/** A copy in the hub's cache serves when the hub does not; a damaged one does not serve. */
async function fromCache(
  cache: HubCache,
  file: SourceFile,
  { repo, path }: Origin,
  failure: unknown,
  signal: AbortSignal | undefined,
): Promise<Fetched> {
  if (
    !CaaError.isInstance(failure) ||
    (failure.code !== "download-failed" && failure.code !== "access-denied")
  ) {
    throw failure;
  }
  const commit = await cache.commit(BRANCH);
  const at = commit === undefined ? undefined : await findInCache(cache, commit, path, signal);
  if (commit === undefined || at === undefined) {
    throw failure; // not in the cache either: then this is what to tell
  }
  const note = `${failure.message}; the cached copy of commit ${commit.slice(0, 8)} is used`;
  return judged(at, file, hubOrigin(repo, path), commit, note);
}

async function judged(
  path: string,
  file: SourceFile,
  origin: string,
  revision: string | null,
  note: string | null,
): Promise<Fetched> {
  const bytes = await readFileLimited(path, MAX_ORIGINAL_BYTES);
  return { bytes, verdict: matchOriginal(bytes, file, file.name), origin, revision, note };
}

/** As the hub's other libraries write it. */
const hubOrigin = (repo: string, path: string): string => `hf://datasets/${repo}/${path}`;

const trimmed = (address: string): string => address.replace(/\/+$/, "");
