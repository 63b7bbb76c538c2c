import { ioError, writeFileAtomic } from "@caa/core/files";
import { CaaError, throwIfAborted } from "@caa/core";
import { createHash } from "node:crypto";
import { open, realpath } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { readJson } from "./files.ts";

const CHUNK_BYTES = 4 * 1024 * 1024;
const MAX_RECORD_BYTES = 64 * 1024;

const recordSchema = z.object({
  path: z.string(),
  size: z.string(),
  mtimeNs: z.string(),
  ctimeNs: z.string(),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

export interface HashOptions {
  /** Where hashes are remembered; without it every call reads the whole file. */
  readonly cacheDir?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * SHA-256 of a file's content, hex. Gigabytes take seconds, so the hash is remembered with the file's real path, size
 * and times. The time of the last change of its inode is among them: unlike the modification time, programs that
 * unpack or copy files cannot set it back.
 *
 * @throws {CaaError} `io`; `invalid-file` when the file changes while it is read; `aborted`
 */
export async function contentHash(file: string, options: HashOptions = {}): Promise<string> {
  const { cacheDir, signal } = options;
  try {
    const path = await realpath(file);
    const handle = await open(path, "r");
    try {
      const before = await identity(path, handle);
      const name = createHash("sha256").update(path).digest("hex");
      const record = cacheDir === undefined ? undefined : join(cacheDir, "hashes", `${name}.json`);
      const known = record === undefined ? undefined : await readRecord(record);
      if (known !== undefined && same(known, before)) {
        return known.sha256;
      }
      const sha256 = await hashHandle(handle, signal);
      if (!same(await identity(path, handle), before)) {
        throw new CaaError("invalid-file", `${file}: changed while it was read`);
      }
      if (record !== undefined) {
        await remember(record, { ...before, sha256 });
      }
      return sha256;
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw ioError(file, error);
  }
}

type FileIdentity = Omit<z.infer<typeof recordSchema>, "sha256">;
type Handle = Awaited<ReturnType<typeof open>>;

async function identity(path: string, handle: Handle): Promise<FileIdentity> {
  const { size, mtimeNs, ctimeNs } = await handle.stat({ bigint: true });
  return { path, size: String(size), mtimeNs: String(mtimeNs), ctimeNs: String(ctimeNs) };
}

function same(a: FileIdentity, b: FileIdentity): boolean {
  return (
    a.path === b.path && a.size === b.size && a.mtimeNs === b.mtimeNs && a.ctimeNs === b.ctimeNs
  );
}

async function hashHandle(handle: Handle, signal: AbortSignal | undefined): Promise<string> {
  const hash = createHash("sha256");
  const buffer = Buffer.allocUnsafe(CHUNK_BYTES);
  for (let at = 0; ;) {
    throwIfAborted(signal);
    const { bytesRead } = await handle.read(buffer, 0, buffer.length, at);
    if (bytesRead === 0) {
      return hash.digest("hex");
    }
    hash.update(buffer.subarray(0, bytesRead));
    at += bytesRead;
  }
}

/** A damaged record is no record. */
async function readRecord(path: string): Promise<z.infer<typeof recordSchema> | undefined> {
  try {
    return recordSchema.safeParse(await readJson(path, MAX_RECORD_BYTES)).data;
  } catch {
    return undefined;
  }
}

async function remember(path: string, record: z.infer<typeof recordSchema>): Promise<void> {
  try {
    await writeFileAtomic(path, JSON.stringify(record));
  } catch {
    // The hash is right without its record; a cache folder that cannot be written costs the next run some seconds.
  }
}
