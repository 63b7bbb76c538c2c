import { setTimeout as wait } from "node:timers/promises";
import { CaaError, throwIfAborted } from "../errors/caa-error.ts";
import {
  MAX_ANSWER_BYTES,
  MAX_ATTEMPTS,
  MAX_RETRY_AFTER_MS,
  TRANSFER_LIMITS,
  type TransferLimits,
} from "./limits.ts";
import { retryAfterMs } from "./retry-after.ts";

export type Fetch = typeof fetch;
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;

/** What the caller may set of every transfer; tests set all. */
export interface TransferOptions {
  /** @default the global one */
  readonly fetch?: Fetch | undefined;
  /** Waits between tries. @default a timer */
  readonly sleep?: Sleep | undefined;
  /** Milliseconds from any fixed moment, for the rate. @default the process's own clock */
  readonly now?: (() => number) | undefined;
  /** @default `TRANSFER_LIMITS` */
  readonly limits?: TransferLimits | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface HttpClientOptions extends TransferOptions {
  /** What is asked for, at the start of each message, such as `model acme/tiny`. */
  readonly subject: string;
  /** Who is asked, such as `the hub`. */
  readonly server: string;
  /** Stand in every error. */
  readonly facts: Readonly<Record<string, unknown>>;
  /** The error of a status that no other try would change; `undefined` for all others. */
  readonly refusal: (response: Response) => CaaError | undefined;
}

export interface RequestOptions {
  readonly headers?: Headers;
  /** @default MAX_ATTEMPTS */
  readonly attempts?: number;
  /** Statuses that are answers too. */
  readonly accepted?: readonly number[];
  /** Read the whole answer before it counts as one, so that a cut within it is tried again. @default false */
  readonly whole?: boolean;
}

const sleepFor: Sleep = (milliseconds, signal) =>
  wait(milliseconds, undefined, signal === undefined ? {} : { signal });

/** Waits of 0.5, 1, 2, 4 ... seconds. */
const backoff = (attempt: number): number => 500 * 2 ** (attempt - 1);

/** Requests that are tried again when their failure may pass, and answers that are given up when they dry up. */
export class HttpClient {
  readonly #options: HttpClientOptions;
  readonly #limits: TransferLimits;

  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.#limits = options.limits ?? TRANSFER_LIMITS;
  }

  /** @throws {CaaError} `download-failed`, `aborted`, and what `refusal` gives */
  async request(url: URL, options: RequestOptions = {}): Promise<Response> {
    const { attempts = MAX_ATTEMPTS, accepted = [] } = options;
    for (let attempt = 1; ; attempt += 1) {
      this.throwIfAborted();
      try {
        const response = await this.#send(url, options);
        if (response.ok || accepted.includes(response.status)) {
          return response;
        }
        await response.body?.cancel();
        throw this.#options.refusal(response) ?? this.#unexpected(response);
      } catch (error) {
        if (!isPassing(error) || attempt >= attempts) {
          throw error;
        }
        await this.pause(attempt, error);
      }
    }
  }

  /** The bytes of an answer as they come. @throws {CaaError} `download-failed` when it is cut, silent or too slow */
  async *body(response: Response, name: string): AsyncGenerator<Uint8Array> {
    const reader = response.body?.getReader();
    if (reader === undefined) {
      return;
    }
    const { now = () => performance.now() } = this.#options;
    const { idleMs, windowMs, minBytesPerWindow } = this.#limits;
    let windowStart = now();
    let windowBytes = 0;
    let finished = false;
    try {
      for (;;) {
        const { done, value } = await withTimeout(reader.read(), idleMs).catch((cause: unknown) => {
          this.throwIfAborted();
          const what =
            cause instanceof TimeoutError
              ? `nothing came for ${seconds(idleMs)}`
              : "the connection was cut";
          throw this.failed(`${name}: ${what}`, cause);
        });
        if (done) {
          finished = true;
          return;
        }
        windowBytes += value.byteLength;
        yield value;
        if (now() - windowStart >= windowMs) {
          if (windowBytes < minBytesPerWindow) {
            throw this.failed(
              `${name}: expected at least ${minBytesPerWindow} bytes in ${seconds(windowMs)}, got ${windowBytes}`,
            );
          }
          windowStart = now();
          windowBytes = 0;
        }
      }
    } finally {
      if (!finished) {
        await reader.cancel().catch(() => undefined); // already broken
      }
    }
  }

  /** Waits before try number `attempt + 1`, at least as long as the server asked for. */
  async pause(attempt: number, failure?: unknown): Promise<void> {
    const { signal, sleep = sleepFor } = this.#options;
    const asked = CaaError.isInstance(failure) ? failure.facts["retryAfterMs"] : undefined;
    try {
      await sleep(Math.max(backoff(attempt), typeof asked === "number" ? asked : 0), signal);
    } catch (error) {
      throwIfAborted(signal);
      throw error;
    }
    throwIfAborted(signal);
  }

  throwIfAborted(): void {
    throwIfAborted(this.#options.signal);
  }

  /** A failure that may pass; with the fact `final` one that will not. */
  failed(what: string, cause?: unknown, facts: Readonly<Record<string, unknown>> = {}): CaaError {
    return new CaaError("download-failed", `${this.#options.subject}: ${what}`, {
      cause,
      facts: { ...this.#options.facts, ...facts },
    });
  }

  async #send(url: URL, { headers, whole = false }: RequestOptions): Promise<Response> {
    const { signal, server, fetch: send = fetch } = this.#options;
    const { idleMs } = this.#limits;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), idleMs);
    try {
      const response = await send(url, {
        ...(headers === undefined ? {} : { headers }),
        signal: signal === undefined ? timeout.signal : AbortSignal.any([signal, timeout.signal]),
      });
      return whole ? await this.#readWhole(response) : response;
    } catch (cause) {
      this.throwIfAborted();
      if (CaaError.isInstance(cause)) {
        throw cause;
      }
      throw timeout.signal.aborted
        ? this.failed(`${server} did not answer within ${seconds(idleMs)}`, cause, UNREACHABLE)
        : this.failed(`${server} could not be reached${reasonOf(cause)}`, cause, UNREACHABLE);
    } finally {
      clearTimeout(timer);
    }
  }

  async #readWhole(response: Response): Promise<Response> {
    const chunks: Uint8Array[] = [];
    let size = 0;
    for await (const chunk of this.body(response, this.#options.server)) {
      size += chunk.byteLength;
      if (size > MAX_ANSWER_BYTES) {
        throw this.failed(
          `expected an answer of at most ${MAX_ANSWER_BYTES} bytes, got more`,
          undefined,
          { final: true },
        );
      }
      chunks.push(chunk);
    }
    const { status, headers } = response;
    return new Response(status === 204 || status === 304 ? null : Buffer.concat(chunks), {
      status,
      headers,
    });
  }

  #unexpected({ status, headers }: Response): CaaError {
    const { server } = this.#options;
    // Too many requests and faults of the server pass; other refusals would be repeated.
    const passing = status === 429 || status >= 500;
    const asked = passing ? retryAfterMs(headers) : undefined;
    if (asked !== undefined && asked > MAX_RETRY_AFTER_MS) {
      return this.failed(
        `${server} answered ${status} and asks to wait ${seconds(asked)}; run again then`,
        undefined,
        { status, final: true, retryAfterMs: asked },
      );
    }
    return this.failed(`${server} answered ${status}`, undefined, {
      status,
      final: !passing,
      ...(asked === undefined ? {} : { retryAfterMs: asked }),
    });
  }
}

/** Marks failures that every other request to this server would share. */
const UNREACHABLE = { unreachable: true } as const;

/** Whether another try may end better. */
export function isPassing(error: unknown): error is CaaError {
  return (
    CaaError.isInstance(error) && error.code === "download-failed" && error.facts["final"] !== true
  );
}

class TimeoutError extends Error {}

async function withTimeout<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(() => reject(new TimeoutError()), milliseconds);
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

const seconds = (milliseconds: number): string => `${milliseconds / 1000} s`;

/** The word of the network, such as ` (ENOTFOUND)`: `fetch` hides it in the cause of its error. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && "code" in cause && typeof cause.code === "string"
    ? ` (${cause.code})`
    : "";
}
