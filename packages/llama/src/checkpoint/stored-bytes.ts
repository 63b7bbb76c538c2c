import { readExactly } from "@caa/core/gguf";
import { open } from "node:fs/promises";
import type { StoredTensor } from "./check-weights.ts";

/** Bytes handed out at once. */
const CHUNK_BYTES = 4 * 1024 * 1024;

/** The bytes of a tensor, as they lie in its file. */
export async function* storedBytes({
  file,
  offset,
  byteLength,
}: Pick<StoredTensor, "file" | "offset" | "byteLength">): AsyncGenerator<Uint8Array> {
  const handle = await open(file, "r");
  try {
    for (let at = 0; at < byteLength; at += CHUNK_BYTES) {
      yield await readExactly(handle, offset + at, Math.min(CHUNK_BYTES, byteLength - at));
    }
  } finally {
    await handle.close();
  }
}
