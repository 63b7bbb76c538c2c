import { CaaError, retryAfterMs } from "@caa/core";
import { APIConnectionError, APIConnectionTimeoutError, APIError, APIUserAbortError } from "openai";

/** Enough for the sentence of a server; some send whole pages. */
const MAX_MESSAGE = 300;

/** Statuses that another try may change. */
const isPassingStatus = (status: number): boolean =>
  status === 408 || status === 409 || status === 429 || status >= 500;

/**
 * What went wrong with a request, as an error of this project without the key and without the SDK's own error, which
 * holds headers. Facts: `status`; `passing` when another try may end better; `fatal` when every other request would
 * fail alike; `retryAfterMs` when the server asks to wait.
 */
export function requestError(
  error: unknown,
  judge: { readonly name: string; readonly baseUrl: string },
  redact: (text: string) => string,
): CaaError {
  if (CaaError.isInstance(error)) {
    return error;
  }
  const { name, baseUrl } = judge;
  const known = { judge: name, baseUrl };
  const fail = (what: string, facts: object): CaaError =>
    new CaaError("request-failed", redact(`judge ${name}: ${what}`), {
      facts: { ...known, ...facts },
    });
  if (error instanceof APIUserAbortError) {
    return new CaaError("aborted", "stopped by the caller", { facts: known });
  }
  if (error instanceof APIConnectionTimeoutError) {
    return fail(`${baseUrl} did not answer in time`, { passing: true });
  }
  if (error instanceof APIConnectionError) {
    return fail(`${baseUrl} could not be reached, or cut the connection${reasonOf(error.cause)}`, {
      passing: true,
    });
  }
  if (error instanceof APIError && typeof error.status === "number") {
    return statusError(error, error.status, { fail, redact, ...judge });
  }
  const reason = error instanceof Error ? error.message : String(error);
  return fail(`expected a chat completion, got ${short(reason)}`, { passing: true });
}

interface Reporter {
  readonly name: string;
  readonly baseUrl: string;
  readonly redact: (text: string) => string;
  readonly fail: (what: string, facts: object) => CaaError;
}

function statusError(
  error: { readonly message: string; readonly code?: unknown; readonly headers?: unknown },
  status: number,
  { name, baseUrl, redact, fail }: Reporter,
): CaaError {
  const said = short(error.message);
  const facts = { judge: name, baseUrl, status, fatal: true };
  if (status === 401 || status === 403 || error.code === "insufficient_quota") {
    const expected =
      status === 429 ? "a quota that is not used up" : "a key that may use the model";
    const message = redact(`judge ${name}: ${baseUrl}: expected ${expected}, got: ${said}`);
    return new CaaError("access-denied", message, { facts });
  }
  if (status === 404) {
    const message = redact(
      `judge ${name}: ${baseUrl}: expected a model of this name and chat completions, got: ${said}`,
    );
    return new CaaError("not-found", message, { facts });
  }
  const wait = error.headers instanceof Headers ? retryAfterMs(error.headers) : undefined;
  return fail(`${baseUrl} answered ${said}`, {
    status,
    passing: isPassingStatus(status),
    ...(error.code === "content_filter" ? { filtered: true } : {}),
    ...(wait === undefined ? {} : { retryAfterMs: wait }),
  });
}

function short(text: string): string {
  const line = text.replaceAll(/\s+/g, " ").trim();
  return line.length <= MAX_MESSAGE ? line : `${line.slice(0, MAX_MESSAGE)} ...`;
}

/** The word of the network, such as ` (ECONNREFUSED)`, from the innermost cause that has one. */
function reasonOf(cause: unknown): string {
  for (let inner = cause, depth = 0; inner instanceof Error && depth < 5; depth += 1) {
    if ("code" in inner && typeof inner.code === "string") {
      return ` (${inner.code})`;
    }
    if (inner.cause === undefined) {
      return ` (${short(inner.message)})`;
    }
    inner = inner.cause;
  }
  return "";
}
