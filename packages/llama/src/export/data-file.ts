import { throwIfAborted } from "@caa/core";
import { createHash } from "node:crypto";
import { open } from "node:fs/promises";
import { storedBytes } from "../checkpoint/stored-bytes.ts";
import type { WriteProgress } from "../checkpoint/write-model-folder.ts";
import type { ExternalTensor } from "../graph/graph-builder.ts";
import type { WeightTable } from "../graph/weights.ts";

/** Tensors begin at pages of memory, so that a runtime can map the file. */
const PAGE_BYTES = 4096;

/** A tensor that is in no file yet. */
export interface MadeTensor {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

interface Part {
  readonly offset: number;
  readonly from: ExternalTensor | Float32Array;
}

/** Where each tensor will be in one file. */
export interface DataLayout {
  /** As a graph in the same folder points at them. */
  readonly table: WeightTable;
  readonly parts: readonly Part[];
  readonly byteLength: number;
}

/** Tensors one after the other, as they are stored, and those that were made; one that was made replaces a stored one. */
export function layOutData(
  file: string,
  stored: WeightTable,
  made: ReadonlyMap<string, MadeTensor>,
): DataLayout {
  const table = new Map<string, ExternalTensor>();
  const parts: Part[] = [];
  let end = 0;
  const place = (
    name: string,
    tensor: Omit<ExternalTensor, "file" | "offset">,
    from: Part["from"],
  ) => {
    const offset = Math.ceil(end / PAGE_BYTES) * PAGE_BYTES;
    table.set(name, { ...tensor, file, offset });
    parts.push({ offset, from });
    end = offset + tensor.byteLength;
  };
  for (const [name, tensor] of stored) {
    if (!made.has(name)) {
      place(name, tensor, tensor);
    }
  }
  for (const [name, { shape, values }] of made) {
    place(name, { type: "float32", shape, byteLength: values.byteLength }, values);
  }
  return { table, parts, byteLength: end };
}

export interface WriteDataOptions {
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: WriteProgress) => void) | undefined;
}

/** Writes the file, which must not exist. @returns its SHA-256, hex @throws {CaaError} `aborted`, `io` */
export async function writeData(
  path: string,
  { parts, byteLength: total }: DataLayout,
  { signal, onProgress }: WriteDataOptions,
): Promise<string> {
  const hash = createHash("sha256");
  const file = await open(path, "wx");
  try {
    let written = 0;
    const append = async (bytes: Uint8Array): Promise<void> => {
      throwIfAborted(signal);
      hash.update(bytes);
      for (let done = 0; done < bytes.length;) {
        done += (await file.write(bytes, done, bytes.length - done, written + done)).bytesWritten;
      }
      written += bytes.length;
      onProgress?.({ written, total });
    };
    for (const { offset, from } of parts) {
      await append(new Uint8Array(offset - written));
      if (from instanceof Float32Array) {
        await append(new Uint8Array(from.buffer, from.byteOffset, from.byteLength));
      } else {
        for await (const bytes of storedBytes(from)) {
          await append(bytes);
        }
      }
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return hash.digest("hex");
}
