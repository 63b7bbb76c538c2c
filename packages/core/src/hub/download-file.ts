import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { CaaError } from "../errors/caa-error.ts";
import { statOrUndefined } from "../files/stat-or-undefined.ts";
import { ioError } from "../files/wrap-error.ts";
import { type HubClient, type HubFile, MAX_ATTEMPTS } from "./hub-client.ts";
import { COMMIT } from "./repo.ts";

/** A try that brought this much starts the count of tries anew: a long download may be cut often. */
const PROGRESS_BYTES = 1024 * 1024;

/**
 * Fetches a file's content into `blob`. It grows in `<blob>.incomplete`, from which a later call goes on, and gets its
 * final name once its size and hash are right.
 *
 * @throws {CaaError} `download-failed` when it is cut or damaged again and again; `io`; `access-denied`; `aborted`
 */
export async function downloadFile(
  client: HubClient,
  commit: string,
  file: HubFile,
  blob: string,
  onBytes: (loaded: number) => void,
): Promise<void> {
  const incomplete = `${blob}.incomplete`;
  await mkdir(dirname(blob), { recursive: true });
  for (let attempt = 1; ; attempt += 1) {
    const before = await sizeOf(incomplete, file.size);
    try {
      await fetchRest(client, commit, file, incomplete, before, onBytes);
      await checkContent(client, file, incomplete);
      await rename(incomplete, blob);
      return;
    } catch (error) {
      const failure = CaaError.isInstance(error) ? error : ioError(file.path, error);
      if (failure.code !== "download-failed" || failure.facts["final"] === true) {
        throw failure;
      }
      if ((await sizeOf(incomplete, file.size)) - before >= PROGRESS_BYTES) {
        attempt = 1;
      }
      if (attempt >= MAX_ATTEMPTS) {
        throw new CaaError(
          "download-failed",
          `${failure.message}; gave up on ${file.path} after ${attempt} tries, run again to go on from where it stopped`,
          { cause: failure, facts: { ...failure.facts, file: file.path } },
        );
      }
      await client.pause(attempt);
    }
  }
}

/** Bytes of an earlier try; one that is too long is no beginning of the file. */
async function sizeOf(incomplete: string, limit: number): Promise<number> {
  const size = (await statOrUndefined(incomplete))?.size ?? 0;
  if (size > limit) {
    await rm(incomplete, { force: true });
    return 0;
  }
  return size;
}

async function fetchRest(
  client: HubClient,
  commit: string,
  file: HubFile,
  incomplete: string,
  from: number,
  onBytes: (loaded: number) => void,
): Promise<void> {
  const handle = await open(incomplete, from > 0 ? "r+" : "w");
  try {
    onBytes(from);
    if (from === file.size) {
      return;
    }
    const response = await client.content(commit, file, from);
    let at = await startOf(client, response, from, file);
    await handle.truncate(at);
    for await (const chunk of bodyOf(client, response, file)) {
      if (at + chunk.byteLength > file.size) {
        await handle.truncate(0);
        throw client.failed(
          `${file.path}: expected ${file.size} bytes, the hub sends more`,
          undefined,
          { final: true },
        );
      }
      for (let done = 0; done < chunk.byteLength;) {
        done += (await handle.write(chunk, done, chunk.byteLength - done, at + done)).bytesWritten;
      }
      at += chunk.byteLength;
      onBytes(at);
    }
    if (at < file.size) {
      throw client.failed(`${file.path}: the connection ended at byte ${at} of ${file.size}`);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The byte at which the answer begins: `from` for the part asked for, 0 for the whole file. */
async function startOf(
  client: HubClient,
  response: Response,
  from: number,
  file: HubFile,
): Promise<number> {
  if (
    response.status === 206 &&
    response.headers.get("content-range")?.startsWith(`bytes ${from}-`) === true
  ) {
    return from;
  }
  if (response.status === 200) {
    return 0;
  }
  await response.body?.cancel();
  throw client.failed(
    `${file.path}: the hub does not go on from byte ${from} (status ${response.status})`,
    undefined,
    {
      final: true,
    },
  );
}

async function* bodyOf(
  client: HubClient,
  response: Response,
  file: HubFile,
): AsyncGenerator<Uint8Array> {
  const reader = response.body?.getReader();
  if (reader === undefined) {
    return;
  }
  let finished = false;
  try {
    for (;;) {
      const { done, value } = await reader.read().catch((cause: unknown) => {
        client.throwIfAborted();
        throw client.failed(`${file.path}: the connection was cut`, cause);
      });
      if (done) {
        finished = true;
        return;
      }
      yield value;
    }
  } finally {
    if (!finished) {
      await reader.cancel().catch(() => undefined); // already broken
    }
  }
}

/** A content that is not what the hub lists is thrown away: to go on from it would keep the damage. */
async function checkContent(client: HubClient, file: HubFile, path: string): Promise<void> {
  const git = COMMIT.test(file.etag);
  const hash = createHash(git ? "sha1" : "sha256");
  if (git) {
    hash.update(`blob ${file.size}\0`);
  }
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) {
    client.throwIfAborted();
    hash.update(chunk);
  }
  if (hash.digest("hex") !== file.etag) {
    await rm(path, { force: true });
    throw client.failed(`${file.path}: arrived damaged, its hash is not the listed one`);
  }
}
