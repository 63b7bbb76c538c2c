import { CaaError, throwIfAborted } from "@caa/core";
import { setTimeout as wait } from "node:timers/promises";
import { z } from "zod";
import { suggestName, type HubModel } from "./model-id.ts";

export type Fetch = typeof fetch;
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;

/** How often one request, or the rest of one file, is tried again before it is given up. */
export const MAX_ATTEMPTS = 5;
/** Far more files than any model has. */
const MAX_FILES = 10_000;
/** Sizes add up exactly, and no weight file comes near it. */
const MAX_FILE_BYTES = 2 ** 44;

export const COMMIT: RegExp = /^[0-9a-f]{40}$/;

const entrySchema = z.object({
  type: z.string(),
  path: z.string().max(1000),
  size: z.number().int().min(0).max(MAX_FILE_BYTES),
  oid: z.string().regex(COMMIT),
  lfs: z
    .object({
      oid: z.string().regex(/^[0-9a-f]{64}$/),
      size: z.number().int().min(0).max(MAX_FILE_BYTES),
    })
    .optional(),
});

export interface HubFile {
  readonly path: string;
  readonly size: number;
  /** What the content hashes to, and its name in the cache: SHA-256 of large files, git's SHA-1 of others. */
  readonly etag: string;
}

export interface HubClientOptions {
  readonly model: HubModel;
  /** Such as `https://huggingface.co`. */
  readonly endpoint: string;
  readonly token: string | undefined;
  readonly fetch: Fetch;
  readonly sleep: Sleep;
  readonly signal: AbortSignal | undefined;
}

/** Waits of 0.5, 1, 2, 4 ... seconds. */
export const backoff = (attempt: number): number => 500 * 2 ** (attempt - 1);

export const sleepFor: Sleep = (milliseconds, signal) =>
  wait(milliseconds, undefined, signal === undefined ? {} : { signal });

/** Requests about one model. The token goes to the endpoint alone, and into no message. */
export class HubClient {
  readonly #options: HubClientOptions;
  readonly #origin: string;

  constructor(options: HubClientOptions) {
    const { endpoint, token } = options;
    if (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)) {
      throw new CaaError(
        "invalid-argument",
        `hub endpoint: expected an http(s) address, got "${endpoint}"`,
      );
    }
    // A token with a blank or a line break makes a header that is refused with the token in the message.
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
      throw new CaaError(
        "invalid-argument",
        "hub token: expected printable characters without blanks",
      );
    }
    this.#options = { ...options, endpoint: endpoint.replace(/\/+$/, "") };
    this.#origin = new URL(endpoint).origin;
  }

  /** The hub id that this is about. */
  get id(): string {
    return this.#options.model.id;
  }

  /** The commit that the revision names now. */
  async commit(attempts: number = MAX_ATTEMPTS): Promise<string> {
    const { model, endpoint } = this.#options;
    const { modelInfo } = await import("@huggingface/hub");
    const info: unknown = await this.#answer(() =>
      modelInfo({
        name: model.id,
        revision: model.revision,
        additionalFields: ["sha"],
        hubUrl: endpoint,
        fetch: (input, init) => this.#request(input, init, attempts),
      }),
    );
    const parsed = z.object({ sha: z.string().regex(COMMIT) }).safeParse(info);
    if (!parsed.success) {
      throw this.#strange(parsed.error);
    }
    return parsed.data.sha;
  }

  /** The files in the model's top folder. */
  async files(commit: string): Promise<readonly HubFile[]> {
    const { model, endpoint } = this.#options;
    const { listFiles } = await import("@huggingface/hub");
    return this.#answer(async () => {
      const files: HubFile[] = [];
      for await (const entry of listFiles({
        repo: model.id,
        revision: commit,
        hubUrl: endpoint,
        fetch: (input, init) => this.#request(input, init, MAX_ATTEMPTS),
      })) {
        if (entry.type !== "file") {
          continue;
        }
        const parsed = entrySchema.safeParse(entry);
        if (!parsed.success || files.length >= MAX_FILES) {
          throw this.#strange(parsed.error);
        }
        const { path, lfs, size, oid } = parsed.data;
        files.push({ path, size: lfs?.size ?? size, etag: lfs?.oid ?? oid });
      }
      return files;
    });
  }

  /** The content of a file from byte `from` on; the answer may begin at 0 all the same. One try. */
  content(commit: string, file: HubFile, from: number): Promise<Response> {
    const { model, endpoint } = this.#options;
    // Compressed answers would not have the listed size.
    const headers = {
      "accept-encoding": "identity",
      ...(from > 0 ? { range: `bytes=${from}-` } : {}),
    };
    const url = `${endpoint}/${model.id}/resolve/${commit}/${encodeURIComponent(file.path)}`;
    return this.#request(url, { headers }, 1, [416]);
  }

  throwIfAborted(): void {
    throwIfAborted(this.#options.signal);
  }

  /** Waits before try number `attempt + 1`. */
  async pause(attempt: number): Promise<void> {
    const { sleep, signal } = this.#options;
    try {
      await sleep(backoff(attempt), signal);
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    }
    throwIfAborted(signal);
  }

  async #request(
    input: Parameters<Fetch>[0],
    init: Parameters<Fetch>[1],
    attempts: number,
    accepted: readonly number[] = [],
  ): Promise<Response> {
    const { fetch, token, signal } = this.#options;
    const url = new URL(input instanceof Request ? input.url : input);
    const headers = new Headers(init?.headers);
    if (token !== undefined && url.origin === this.#origin) {
      headers.set("authorization", `Bearer ${token}`);
    }
    for (let attempt = 1; ; attempt += 1) {
      throwIfAborted(signal);
      let failure: CaaError;
      try {
        const response = await fetch(url, {
          ...init,
          headers,
          ...(signal === undefined ? {} : { signal }),
        });
        if (response.ok || accepted.includes(response.status)) {
          return response;
        }
        await response.body?.cancel();
        failure = this.#refusal(response);
      } catch (cause) {
        throwIfAborted(signal);
        failure = this.failed("the hub could not be reached", cause);
      }
      if (
        failure.code !== "download-failed" ||
        failure.facts["final"] === true ||
        attempt >= attempts
      ) {
        throw failure;
      }
      await this.pause(attempt);
    }
  }

  #refusal(response: Response): CaaError {
    const { model, endpoint, token } = this.#options;
    const { status } = response;
    const reason = response.headers.get("x-error-code");
    const page = `${endpoint}/${model.id}`;
    const facts = { id: model.id, status, page };
    const noSuchModel = reason === "RepoNotFound" || (status === 404 && reason === null);
    if (noSuchModel || status === 404) {
      const meant = suggestName(model.id);
      const what =
        reason === "RevisionNotFound"
          ? `the model has no revision "${model.revision}"`
          : reason === "EntryNotFound"
            ? "the model has no such file"
            : `no such folder here, and no such model on the hub (or a private one${token === undefined ? "; HF_TOKEN is not set" : ", to which HF_TOKEN has no access"})`;
      const hint = meant === undefined || meant === model.id ? "" : `; did you mean ${meant}?`;
      return new CaaError("not-found", `model ${model.id}: ${what}${hint}`, { facts });
    }
    if (status === 401 || status === 403) {
      const way =
        token === undefined
          ? `accept its license at ${page}, make a token there and set HF_TOKEN`
          : `accept its license at ${page} with the account of HF_TOKEN, and check that the token is valid and may read it`;
      return new CaaError(
        "access-denied",
        `model ${model.id}: access is denied (${status}), it is gated or private: ${way}`,
        {
          facts,
        },
      );
    }
    // Too many requests and faults of the server pass; other refusals would be repeated.
    const passing = status === 429 || status >= 500;
    return this.failed(`the hub answered ${status}`, undefined, { status, final: !passing });
  }

  failed(what: string, cause?: unknown, facts: Readonly<Record<string, unknown>> = {}): CaaError {
    const { id } = this.#options.model;
    return new CaaError("download-failed", `model ${id}: ${what}`, {
      cause,
      facts: { id, ...facts },
    });
  }

  #strange(cause: unknown): CaaError {
    return this.failed("the hub's answer has another form than expected", cause, { final: true });
  }

  async #answer<T>(request: () => Promise<T>): Promise<T> {
    try {
      return await request();
    } catch (error) {
      throwIfAborted(this.#options.signal);
      throw CaaError.isInstance(error) ? error : this.#strange(error);
    }
  }
}
