import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { CaaError } from "../errors/caa-error.ts";
import { statOrUndefined } from "../files/stat-or-undefined.ts";
import { ioError } from "../files/wrap-error.ts";
import { type HttpClient, isPassing } from "./http-client.ts";
import { MAX_ATTEMPTS } from "./limits.ts";
import { PartFile } from "./part-file.ts";
import { COMMIT } from "./repo.ts";

/** A try that brought this much starts the count of tries anew: a long download may be cut often. */
const PROGRESS_BYTES = 1024 * 1024;

/** One file and how to ask for it. */
export interface Download {
  readonly http: HttpClient;
  /** As messages call it. */
  readonly name: string;
  /** The content from byte `from` on; the answer may begin at 0 all the same. One try. */
  readonly ask: (from: number) => Promise<Response>;
  /** In bytes, where it is known beforehand. */
  readonly size?: number | undefined;
  /** Larger ones are refused. */
  readonly maxBytes: number;
  /** What the content must hash to, where it is known: SHA-256, or git's SHA-1 of a blob. */
  readonly hash?: string | undefined;
  /**
   * Whether the caller compares the content with what it should be. Without that, and without a hash, parts of two answers
   * are never put together: the file may have changed between them, and no one would see it. @default false
   */
  readonly compared?: boolean | undefined;
}

/**
 * Fetches a file's content into `target`. It grows in a part beside it, from which a later call goes on, and gets its final
 * name once its size and hash are right. Several runs may fetch the same content at once, each in a part of its own.
 *
 * @param options.partOf the path beside which the part rests, where every run has a `target` of its own. @default target
 * @throws {CaaError} `download-failed` when it is cut or damaged again and again; `io`; `access-denied`; `aborted`
 */
export async function downloadFile(
  download: Download,
  target: string,
  onBytes: (loaded: number, total: number | undefined) => void,
  { partOf = target }: { readonly partOf?: string } = {},
): Promise<void> {
  const { http, name, size, maxBytes } = download;
  if (size !== undefined && size > maxBytes) {
    throw http.failed(`${name}: expected at most ${maxBytes} bytes, it has ${size}`, undefined, {
      final: true,
    });
  }
  const joins = download.hash !== undefined || download.compared === true;
  let part: PartFile | undefined;
  try {
    await mkdir(dirname(target), { recursive: true });
    part = await PartFile.claim(partOf, joins);
    await fetchWhole(download, part.path, joins, onBytes);
    await rename(part.path, target);
  } catch (error) {
    // What cannot be tidied up says nothing new.
    await (joins ? part?.rest() : part?.remove())?.catch(() => {});
    throw ioError(`${name}: write ${target}`, error);
  }
}

/** Fills the part, in as many tries as it takes. */
async function fetchWhole(
  download: Download,
  part: string,
  joins: boolean,
  onBytes: (loaded: number, total: number | undefined) => void,
): Promise<void> {
  const { http, name, size, maxBytes } = download;
  const limit = size ?? maxBytes;
  for (let attempt = 1; ; attempt += 1) {
    const before = await sizeOf(part, joins ? limit : 0);
    try {
      await fetchRest(download, part, before, onBytes);
      await checkContent(download, part);
      return;
    } catch (error) {
      const failure = ioError(`${name}: write ${part}`, error);
      if (!isPassing(failure)) {
        throw failure;
      }
      if (joins && (await sizeOf(part, limit)) - before >= PROGRESS_BYTES) {
        attempt = 1;
      }
      if (attempt >= MAX_ATTEMPTS) {
        throw new CaaError(
          "download-failed",
          `${failure.message}; gave up on ${name} after ${attempt} tries, run again${joins ? " to go on from where it stopped" : ""}`,
          { cause: failure, facts: { ...failure.facts, file: name } },
        );
      }
      await http.pause(attempt, failure);
    }
  }
}

/** Bytes of an earlier try; one that is too long is no beginning of the file. */
async function sizeOf(part: string, limit: number): Promise<number> {
  const size = (await statOrUndefined(part))?.size ?? 0;
  if (size > limit) {
    await rm(part, { force: true });
    return 0;
  }
  return size;
}

async function fetchRest(
  download: Download,
  part: string,
  from: number,
  onBytes: (loaded: number, total: number | undefined) => void,
): Promise<void> {
  const { http, name, ask, size } = download;
  onBytes(from, size);
  if (from === size && from > 0) {
    return;
  }
  // Asked before the file is made: a refusal leaves nothing behind.
  const response = await ask(from);
  const { start, total } = await startOf(download, part, response, from);
  const handle = await open(part, from > 0 ? "r+" : "w");
  try {
    if (start < from) {
      await handle.truncate(start);
    }
    let at = start;
    for await (const chunk of http.body(response, name)) {
      if (at + chunk.byteLength > (size ?? download.maxBytes)) {
        await handle.truncate(0);
        const limit = size === undefined ? `at most ${download.maxBytes}` : `${size}`;
        throw http.failed(`${name}: expected ${limit} bytes, the server sends more`, undefined, {
          final: true,
        });
      }
      for (let done = 0; done < chunk.byteLength;) {
        done += (await handle.write(chunk, done, chunk.byteLength - done, at + done)).bytesWritten;
      }
      at += chunk.byteLength;
      onBytes(at, total);
    }
    if (total !== undefined && at < total) {
      throw http.failed(`${name}: the connection ended at byte ${at} of ${total}`);
    }
    await handle.truncate(at);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

interface Part {
  /** The byte at which the answer begins: that asked for, or 0 for the whole file. */
  readonly start: number;
  /** Of the whole file, where the answer says it. */
  readonly total?: number | undefined;
}

async function startOf(
  { http, name, size }: Download,
  part: string,
  response: Response,
  from: number,
): Promise<Part> {
  const { status, headers } = response;
  const range = /^bytes (?:(\d+)-\d+|\*)\/(\d+)$/.exec(headers.get("content-range") ?? "");
  const total = range?.[2] === undefined ? undefined : Number(range[2]);
  // Of a compressed answer sizes and offsets are those of the compressed bytes.
  const encoded = (headers.get("content-encoding") ?? "identity") !== "identity";
  if (status === 206 && !encoded && Number(range?.[1] ?? Number.NaN) === from) {
    return { start: from, total: size ?? total };
  }
  if (status === 200) {
    const length = encoded ? null : headers.get("content-length");
    return { start: 0, total: size ?? (length === null ? undefined : Number(length)) };
  }
  await response.body?.cancel();
  if (status === 416 && total === from) {
    return { start: from, total }; // of a size that was not known it is all there already
  }
  // What is here is not the beginning of what is there: once more from the start.
  await rm(part, { force: true });
  throw http.failed(
    `${name}: the server does not go on from byte ${from} (status ${status})`,
    undefined,
    {
      final: from === 0,
    },
  );
}

/** A content that is not what was listed is thrown away: to go on from it would keep the damage. */
async function checkContent({ http, name, hash: expected }: Download, path: string): Promise<void> {
  if (expected === undefined) {
    return;
  }
  if ((await hashLike(expected, path, http)) !== expected) {
    await rm(path, { force: true });
    throw http.failed(`${name}: arrived damaged, its hash is not the listed one`);
  }
}

/** The hash of a file, in the form of another: SHA-256, or git's SHA-1 of a blob where that has 40 characters. */
export async function hashLike(
  other: string,
  path: string,
  http: Pick<HttpClient, "throwIfAborted">,
): Promise<string> {
  const git = COMMIT.test(other);
  const hash = createHash(git ? "sha1" : "sha256");
  if (git) {
    hash.update(`blob ${(await statOrUndefined(path))?.size ?? 0}\0`);
  }
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    http.throwIfAborted();
    hash.update(chunk);
  }
  return hash.digest("hex");
}
