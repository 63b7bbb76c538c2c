import type * as Hub from "@huggingface/hub";
import { z } from "zod";
import { CaaError, throwIfAborted } from "../errors/caa-error.ts";
import type { Download } from "./download-file.ts";
import { askFrom } from "./ask-from.ts";
import { type Fetch, HttpClient, type TransferOptions } from "./http-client.ts";
import { MAX_ATTEMPTS } from "./limits.ts";
import { parseAddress } from "./parse-address.ts";
import { COMMIT, type HubRepo, kindOf, pathOf } from "./repo.ts";

/** Far more files than any model or data set here has. */
const MAX_FILES = 10_000;
/** The hub puts a thousand files and folders on a page; one that always names a next would never end. */
const MAX_PAGES = 100;
/** Sizes add up exactly, and no file comes near it. */
const MAX_FILE_BYTES = 2 ** 44;

const entrySchema = z.object({
  type: z.string(),
  // It becomes a path below the cache: parts that lead out of it are no names of files.
  path: z
    .string()
    .max(1000)
    .regex(/^(?!.*(?:^|\/)\.{0,2}(?:\/|$))[^\\\0]+$/),
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
  /** Within the repository, with `/` between folders. */
  readonly path: string;
  readonly size: number;
  /** What the content hashes to, and its name in the cache: SHA-256 of large files, git's SHA-1 of others. */
  readonly etag: string;
}

export interface HubClientOptions extends TransferOptions {
  readonly repo: HubRepo;
  /** @default "https://huggingface.co" */
  readonly endpoint?: string | undefined;
  readonly token?: string | undefined;
  /** What an unknown name may have meant. */
  readonly suggestion?: string | undefined;
  /** Where else a name was looked for, for the message that there is none, such as `no such folder here`. */
  readonly elsewhere?: string | undefined;
}

const DEFAULT_ENDPOINT = "https://huggingface.co";

/** Requests about one repository. The token goes to the endpoint alone, and into no message. */
export class HubClient {
  readonly #options: HubClientOptions;
  readonly #endpoint: string;
  readonly #http: HttpClient;

  /** @throws {CaaError} `invalid-argument` for an endpoint that is no address or a token that is none */
  constructor(options: HubClientOptions) {
    const { endpoint = DEFAULT_ENDPOINT, token } = options;
    parseAddress("hub endpoint", endpoint);
    // A token with a blank or a line break makes a header that is refused with the token in the message.
    if (token !== undefined && !/^[\x21-\x7e]+$/.test(token)) {
      throw new CaaError(
        "invalid-argument",
        "hub token: expected printable characters without blanks",
      );
    }
    this.#options = options;
    this.#endpoint = endpoint.replace(/\/+$/, "");
    this.#http = new HttpClient({
      ...options,
      subject: `${kindOf(options.repo)} ${options.repo.id}`,
      server: "the hub",
      facts: { id: options.repo.id },
      refusal: (response) => this.#refusal(response),
    });
  }

  /** The hub id that this is about. */
  get id(): string {
    return this.#options.repo.id;
  }

  /** The commit that the revision names now. */
  async commit(attempts: number = MAX_ATTEMPTS): Promise<string> {
    const { repo } = this.#options;
    const { datasetInfo, modelInfo } = await loadLibrary();
    const asked = {
      name: repo.id,
      revision: repo.revision,
      hubUrl: this.#endpoint,
      fetch: this.#fetchWith(attempts),
    };
    const info: unknown = await this.#answer<unknown>(() =>
      repo.type === "model"
        ? modelInfo({ ...asked, additionalFields: ["sha"] })
        : datasetInfo({ ...asked, additionalFields: ["sha"] }),
    );
    const parsed = z.object({ sha: z.string().regex(COMMIT) }).safeParse(info);
    if (!parsed.success) {
      throw this.#strange(parsed.error);
    }
    return parsed.data.sha;
  }

  /** The files of a commit: those in the top folder, with `recursive` all. */
  async files(
    commit: string,
    { recursive = false }: { readonly recursive?: boolean } = {},
  ): Promise<readonly HubFile[]> {
    const { type, id } = this.#options.repo;
    const { listFiles } = await loadLibrary();
    const fetchPage = this.#fetchWith(MAX_ATTEMPTS);
    let pages = 0;
    return this.#answer(async () => {
      const files: HubFile[] = [];
      for await (const entry of listFiles({
        repo: { type, name: id },
        revision: commit,
        recursive,
        hubUrl: this.#endpoint,
        fetch: (...request) => {
          pages += 1;
          if (pages > MAX_PAGES) {
            throw this.#strange(`more than ${MAX_PAGES} pages`);
          }
          return fetchPage(...request);
        },
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

  /** A file of a commit, to be downloaded. */
  download(commit: string, { path, size, etag }: HubFile): Download {
    const name = path.split("/").map(encodeURIComponent).join("/");
    const url = new URL(
      `${this.#endpoint}/${pathOf(this.#options.repo)}/resolve/${commit}/${name}`,
    );
    return {
      http: this.#http,
      name: path,
      ask: (from) => askFrom(this.#http, url, from, this.#headersFor(url)),
      size,
      maxBytes: MAX_FILE_BYTES,
      hash: etag,
    };
  }

  failed(what: string, cause?: unknown, facts: Readonly<Record<string, unknown>> = {}): CaaError {
    return this.#http.failed(what, cause, facts);
  }

  #headersFor(url: URL, given?: ConstructorParameters<typeof Headers>[0]): Headers {
    const { token } = this.#options;
    const headers = new Headers(given);
    if (token !== undefined && url.origin === new URL(this.#endpoint).origin) {
      headers.set("authorization", `Bearer ${token}`);
    }
    return headers;
  }

  /** `fetch` for the hub's own client. */
  #fetchWith(attempts: number): Fetch {
    return (input, init) => {
      const url = new URL(input instanceof Request ? input.url : input);
      return this.#http.request(url, {
        headers: this.#headersFor(url, init?.headers),
        attempts,
        whole: true,
      });
    };
  }

  /** Errors that no other try would change. */
  #refusal(response: Response): CaaError | undefined {
    const { repo, token, suggestion, elsewhere } = this.#options;
    const kind = kindOf(repo);
    const { status } = response;
    const reason = response.headers.get("x-error-code");
    const page = `${this.#endpoint}/${pathOf(repo)}`;
    const facts = { id: repo.id, status, page };
    if (reason === "RepoNotFound" || status === 404) {
      const access =
        token === undefined ? "; HF_TOKEN is not set" : ", to which HF_TOKEN has no access";
      const what =
        reason === "RevisionNotFound"
          ? `the ${kind} has no revision "${repo.revision}"`
          : reason === "EntryNotFound"
            ? `the ${kind} has no such file`
            : `${elsewhere === undefined ? "" : `${elsewhere}, and `}no such ${kind} on the hub (or a private one${access})`;
      const hint =
        suggestion === undefined || suggestion === repo.id ? "" : `; did you mean ${suggestion}?`;
      return new CaaError("not-found", `${kind} ${repo.id}: ${what}${hint}`, { facts });
    }
    if (status === 401 || status === 403) {
      const way =
        token === undefined
          ? `accept its license at ${page}, make a token there and set HF_TOKEN`
          : `accept its license at ${page} with the account of HF_TOKEN, and check that the token is valid and may read it`;
      return new CaaError(
        "access-denied",
        `${kind} ${repo.id}: access is denied (${status}), it is gated or private: ${way}`,
        {
          facts,
        },
      );
    }
    return undefined;
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

/** An optional peer: who uses core alone has no need of it. */
async function loadLibrary(): Promise<typeof Hub> {
  try {
    return await import("@huggingface/hub");
  } catch (cause) {
    throw new CaaError(
      "unsupported",
      "@caa/core/hub: expected the package @huggingface/hub, it could not be loaded; install it beside @caa/core",
      { cause },
    );
  }
}
