import { CaaError } from "@caa/core";
import { ioError, statOrUndefined } from "@caa/core/files";
import {
  type DownloadProgress,
  type Fetch,
  fetchIntoCache,
  HubCache,
  HubClient,
  type HubFile,
  type HubRepo,
  MAX_ATTEMPTS,
  type Sleep,
} from "@caa/core/hub";
import { readdir } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { readJson } from "../checkpoint/files.ts";
import {
  INDEX_FILE,
  readWeightMap,
  shardsOf,
  SINGLE_FILE,
} from "../checkpoint/safetensors-files.ts";
import { parseLlamaConfig } from "../config/llama-config.ts";
import { missingFile } from "./missing-file.ts";
import { parseModelId, suggestName } from "./model-id.ts";

export interface ResolveModelOptions {
  /** The hub cache; see `hubCacheDirectory`. */
  readonly cacheDir: string;
  /** Of the hub, for gated and private models. */
  readonly token?: string | undefined;
  /** @default "https://huggingface.co" */
  readonly endpoint?: string | undefined;
  /** A branch, a tag or a commit; may be written behind the id too, after `@`. @default "main" */
  readonly revision?: string | undefined;
  /** Use the cache alone. @default false */
  readonly offline?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called as bytes of a file arrive, and once at its end. */
  readonly onProgress?: ((progress: DownloadProgress) => void) | undefined;
  /** @default the global one */
  readonly fetch?: Fetch | undefined;
  /** Waits between tries; for tests. */
  readonly sleep?: Sleep | undefined;
}

export interface ResolvedModel {
  readonly kind: "folder" | "gguf";
  /** Absolute path of the folder or of the GGUF file. */
  readonly path: string;
  /** Hub id, or the name of the folder or file. */
  readonly id: string;
  /** The commit of a hub model, else null. */
  readonly commit: string | null;
  /** Something the user should know, such as that the hub was not reached and a cached copy is used. */
  readonly note: string | null;
}

/** Small files that a model is opened with, beside its weights. */
const SMALL_FILES =
  /^(config\.json|generation_config\.json|special_tokens_map\.json|tokenizer[\w.-]*\.json|chat_template[\w.-]*)$/;
const MAX_CONFIG_BYTES = 1024 * 1024;

/**
 * Finds a model's files: a folder or a `.gguf` file as it is; else a hub id `organization/name[@revision]` or a short name
 * such as `llama-2-7b-chat`, fetched into the standard hub cache unless it is there.
 * When the hub is not reached or refuses, a whole cached copy is used, and `note` says so.
 *
 * @throws {CaaError} `not-found`; `access-denied` for gated and private models; `download-failed`; `unsupported` for a model
 * that this project does not run, before its weights are fetched; `io`; `aborted`
 */
export async function resolveModel(
  nameOrPath: string,
  options: ResolveModelOptions,
): Promise<ResolvedModel> {
  const local = await localModel(nameOrPath);
  if (local !== undefined) {
    return local;
  }
  const model = parseModelId(nameOrPath, options.revision);
  if (model === undefined) {
    throw await unknownName(nameOrPath);
  }
  const cache = new HubCache(options.cacheDir, model);
  const cached = await cachedCommit(cache, model);
  const found = (commit: string, note: string | null): ResolvedModel => ({
    kind: "folder",
    path: resolve(cache.snapshot(commit)),
    id: model.id,
    commit,
    note,
  });
  if (cached.whole && (options.offline === true || cached.commit === model.revision)) {
    return found(cached.commit, null); // a commit never changes: nothing to ask
  }
  if (options.offline === true && !cached.whole) {
    const what =
      cached.commit === undefined
        ? "nothing of it is in the cache"
        : `the cache lacks ${cached.missing}`;
    throw new CaaError("not-found", `model ${model.id}: offline, and ${what}`, {
      facts: { id: model.id },
    });
  }
  const client = new HubClient({
    repo: model,
    endpoint: options.endpoint,
    token: options.token,
    fetch: options.fetch,
    sleep: options.sleep,
    signal: options.signal,
    suggestion: suggestName(model.id),
    elsewhere: "no such folder here",
  });
  try {
    // With a copy at hand a hub that cannot be reached is not worth the wait.
    const commit = await client.commit(cached.whole ? 1 : MAX_ATTEMPTS);
    await download(client, cache, commit, options);
    await cache.setCommit(model.revision, commit);
    return found(commit, null);
  } catch (error) {
    const failure = ioError(`model ${model.id}`, error);
    if (cached.whole && (failure.code === "download-failed" || failure.code === "access-denied")) {
      return found(
        cached.commit,
        `${failure.message}; the cached copy of commit ${cached.commit.slice(0, 8)} is used`,
      );
    }
    throw failure;
  }
}

/** A folder or a `.gguf` file by its path. @throws {CaaError} `invalid-argument` for another file */
export async function localModel(path: string): Promise<ResolvedModel | undefined> {
  const found = path === "" ? undefined : await statOrUndefined(path);
  if (found === undefined) {
    return undefined;
  }
  const absolute = resolve(path);
  const common = { path: absolute, id: basename(absolute), commit: null, note: null };
  if (found.isDirectory()) {
    return { kind: "folder", ...common };
  }
  if (found.isFile() && absolute.endsWith(".gguf")) {
    return { kind: "gguf", ...common };
  }
  throw new CaaError(
    "invalid-argument",
    `${path}: expected a model folder or a .gguf file, got another file`,
  );
}

type CachedCommit =
  | { readonly whole: true; readonly commit: string }
  | {
      readonly whole: false;
      readonly commit: string | undefined;
      readonly missing: string | undefined;
    };

async function cachedCommit(cache: HubCache, model: HubRepo): Promise<CachedCommit> {
  const commit = await cache.commit(model.revision);
  if (commit === undefined) {
    return { whole: false, commit, missing: undefined };
  }
  const missing = await missingFile(cache.snapshot(commit));
  return missing === undefined ? { whole: true, commit } : { whole: false, commit, missing };
}

async function download(
  client: HubClient,
  cache: HubCache,
  commit: string,
  options: ResolveModelOptions,
): Promise<void> {
  const files = new Map((await client.files(commit)).map((file) => [file.path, file]));
  const get = async (name: string): Promise<void> => {
    const file = files.get(name);
    if (file === undefined) {
      throw client.failed(`the hub's list has no ${name}`, undefined, { final: true, file: name });
    }
    await fetchIntoCache(client, cache, commit, file, { onProgress: options.onProgress });
  };
  const folder = cache.snapshot(commit);
  requireFiles(client, files);
  await get("config.json");
  // A model that would be refused is refused before gigabytes of it are fetched.
  parseLlamaConfig(await readJson(join(folder, "config.json"), MAX_CONFIG_BYTES));
  for (const name of files.keys()) {
    if (SMALL_FILES.test(name)) {
      await get(name);
    }
  }
  if (files.has(SINGLE_FILE)) {
    await get(SINGLE_FILE);
    return;
  }
  await get(INDEX_FILE);
  const map = await readWeightMap(folder);
  for (const name of map === undefined ? [] : shardsOf(map)) {
    await get(name);
  }
}

function requireFiles(client: HubClient, files: ReadonlyMap<string, HubFile>): void {
  const names = [...files.keys()];
  const weights = files.has(SINGLE_FILE) || files.has(INDEX_FILE);
  const gguf = names.find((name) => name.endsWith(".gguf"));
  if (!weights && gguf !== undefined) {
    throw refusal(
      client,
      "unsupported",
      `it holds GGUF files, such as ${gguf}; fetch one and open it by its path`,
    );
  }
  if (!weights && names.some((name) => /\.(bin|pth|pt)$/.test(name))) {
    throw refusal(
      client,
      "unsupported",
      "expected safetensors weights, it has pickled ones only, which can run code when opened",
    );
  }
  const lacking =
    ["config.json", "tokenizer.json"].find((name) => !files.has(name)) ??
    (weights ? undefined : SINGLE_FILE);
  if (lacking !== undefined) {
    throw refusal(client, "not-found", `it has no ${lacking}`);
  }
}

function refusal(client: HubClient, code: "unsupported" | "not-found", what: string): CaaError {
  return new CaaError(code, `model ${client.id}: ${what}`, { facts: { id: client.id } });
}

/** Both readings of a name that is neither. */
async function unknownName(text: string): Promise<CaaError> {
  const folder = dirname(resolve(text));
  const siblings = await readdir(folder).catch((): string[] => []);
  const meant = suggestName(text) ?? suggestName(basename(text), siblings);
  const hint =
    meant === undefined
      ? ""
      : `; did you mean ${siblings.includes(meant) ? join(dirname(text), meant) : meant}?`;
  return new CaaError(
    "not-found",
    `model "${text}": no such folder or .gguf file, and not a hub id (organization/name) or a short name such as llama-2-7b-chat${hint}`,
    { facts: { name: text, ...(meant === undefined ? {} : { suggestion: meant }) } },
  );
}
