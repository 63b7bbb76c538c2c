import {
  CaaError,
  parseSafetensorsHeader,
  safetensorsHeaderLength,
  type SafetensorsHeader,
} from "@caa/core";
import { errorCode, ioError } from "@caa/core/files";
import { open, realpath } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { StoredTensor } from "./check-weights.ts";
import { isFile, readJson } from "./files.ts";

export const SINGLE_FILE = "model.safetensors";
export const INDEX_FILE = "model.safetensors.index.json";

/** The largest known index, of a model of hundreds of shards, has some 10 MB. */
const MAX_INDEX_BYTES = 64 * 1024 * 1024;
const MAX_SHARDS = 10_000;

// A plain file name: no folder, no link upward, nothing hidden.
const shardName = z
  .string()
  .max(200)
  .regex(/^[A-Za-z0-9_][A-Za-z0-9_.-]*\.safetensors$/, "expected a plain *.safetensors file name");
const indexSchema = z.object({ weight_map: z.record(z.string(), shardName) });

/** Which shard each tensor lies in. */
export type WeightMap = Readonly<Record<string, string>>;

/**
 * Reads `model.safetensors.index.json`.
 * @throws {CaaError} `invalid-file`, also for a shard name that is not a plain file name
 */
export function parseWeightMap(json: unknown): WeightMap {
  const parsed = indexSchema.safeParse(json);
  if (!parsed.success) {
    throw new CaaError("invalid-file", `${INDEX_FILE}: ${z.prettifyError(parsed.error)}`, {
      cause: parsed.error,
    });
  }
  const { weight_map: map } = parsed.data;
  const count = shardsOf(map).length;
  if (count === 0 || count > MAX_SHARDS) {
    throw new CaaError(
      "invalid-file",
      `${INDEX_FILE}: expected 1 to ${MAX_SHARDS} files, got ${count}`,
    );
  }
  return map;
}

export function shardsOf(map: WeightMap): string[] {
  return [...new Set(Object.values(map))].sort();
}

export async function readWeightMap(folder: string): Promise<WeightMap | undefined> {
  const json = await readJson(join(folder, INDEX_FILE), MAX_INDEX_BYTES);
  return json === undefined ? undefined : parseWeightMap(json);
}

export interface StoredWeights {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  /** Names of the weight files within the folder. */
  readonly files: readonly string[];
}

/** What is in one safetensors file. */
export interface StoredFile {
  readonly tensors: ReadonlyMap<string, StoredTensor>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The header of a safetensors file of a folder. @throws {CaaError} `not-found`, `invalid-file`, `io` */
export async function readSafetensors(folder: string, name: string): Promise<StoredFile> {
  const { file, header } = await readHeader(folder, name);
  return {
    tensors: new Map([...header.tensors].map(([tensor, entry]) => [tensor, { ...entry, file }])),
    metadata: header.metadata,
  };
}

/** Every tensor of a folder's weight files; `undefined` when it has neither a single file nor an index. */
export async function readWeights(folder: string): Promise<StoredWeights | undefined> {
  if (await isFile(join(folder, SINGLE_FILE))) {
    const { tensors } = await readSafetensors(folder, SINGLE_FILE);
    return { tensors, files: [SINGLE_FILE] };
  }
  const map = await readWeightMap(folder);
  if (map === undefined) {
    return undefined;
  }
  const files = shardsOf(map);
  const shards = new Map<string, Awaited<ReturnType<typeof readHeader>>>();
  for (const name of files) {
    shards.set(name, await readHeader(folder, name));
  }
  const tensors = new Map<string, StoredTensor>();
  for (const [name, shardFile] of Object.entries(map)) {
    const shard = shards.get(shardFile);
    const entry = shard?.header.tensors.get(name);
    if (shard === undefined || entry === undefined) {
      throw new CaaError(
        "invalid-file",
        `${INDEX_FILE}: expected tensor "${name}" in ${shardFile}, it is not there`,
        {
          facts: { tensor: name, file: shardFile },
        },
      );
    }
    tensors.set(name, { ...entry, file: shard.file });
  }
  return { tensors, files };
}

async function readHeader(
  folder: string,
  name: string,
): Promise<{ file: string; header: SafetensorsHeader }> {
  const path = join(folder, name);
  try {
    const file = await realpath(path);
    const handle = await open(file, "r");
    try {
      const found = await handle.stat();
      if (!found.isFile()) {
        throw new CaaError("invalid-file", "expected a file, got something else");
      }
      const first = new Uint8Array(8);
      const { bytesRead } = await handle.read(first, 0, 8, 0);
      const bytes = new Uint8Array(
        safetensorsHeaderLength(first.subarray(0, bytesRead), found.size),
      );
      for (let at = 0; at < bytes.length;) {
        const part = await handle.read(bytes, at, bytes.length - at, 8 + at);
        if (part.bytesRead === 0) {
          throw new CaaError(
            "invalid-file",
            `expected a header of ${bytes.length} bytes, got ${at}`,
          );
        }
        at += part.bytesRead;
      }
      return { file, header: parseSafetensorsHeader(bytes, found.size) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    if (errorCode(error) === "ENOENT") {
      throw new CaaError("not-found", `${path}: expected a weight file, there is none`, {
        cause: error,
        facts: { file: name },
      });
    }
    if (CaaError.isInstance(error)) {
      throw new CaaError(error.code, `${path}: ${error.message}`, {
        cause: error,
        facts: { file: name },
      });
    }
    throw ioError(path, error);
  }
}
