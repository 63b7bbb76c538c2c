import { createHash } from "node:crypto";
import { CaaError } from "../errors/caa-error.ts";
import { decodeSteeringVectors, encodeSteeringVectors } from "../steering-vectors/encode.ts";
import type { SteeringVectors } from "../steering-vectors/steering-vectors.ts";
import { readFileLimited } from "./read-file-limited.ts";
import { writeFileAtomic } from "./write-file-atomic.ts";

/** 100 layers of 16,384 values with halves and five shuffles take 52 MB. */
const MAX_FILE_BYTES = 512 * 2 ** 20;

/** SHA-256, hex, of every tensor: its name, its length in decimal, a line break, then its bytes. */
export function hashSteeringVectors(vectors: SteeringVectors): string {
  const hash = createHash("sha256");
  for (const [name, values] of vectors.tensors()) {
    hash.update(`${name} ${values.length}\n`);
    hash.update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest("hex");
}

/**
 * Writes vectors as one safetensors file, atomically, and returns them with the content hash that the file carries.
 * @throws {CaaError} `io` naming the path
 */
export async function saveSteeringVectors(
  path: string,
  vectors: SteeringVectors,
): Promise<SteeringVectors> {
  const saved = vectors.withContentHash(hashSteeringVectors(vectors));
  await writeFileAtomic(path, encodeSteeringVectors(saved));
  return saved;
}

/**
 * Reads vectors; shapes, metadata and content hash are checked.
 * @throws {CaaError} `not-found`, `io`, `unsupported`, or `invalid-file` naming the path and what is wrong
 */
export async function loadSteeringVectors(path: string): Promise<SteeringVectors> {
  const bytes = await readFileLimited(path, MAX_FILE_BYTES);
  try {
    return checkContentHash(decodeSteeringVectors(bytes));
  } catch (cause) {
    throw CaaError.isInstance(cause)
      ? new CaaError(cause.code, `${path}: ${cause.message}`, {
          cause,
          facts: { ...cause.facts, path },
        })
      : cause;
  }
}

/** The vectors themselves. @throws {CaaError} `invalid-file` where their content hash is not that of their numbers */
export function checkContentHash(vectors: SteeringVectors): SteeringVectors {
  const expected = vectors.metadata.contentHash;
  const got = hashSteeringVectors(vectors);
  if (expected !== got) {
    const message = `steering vectors: expected content of hash ${expected ?? "(none recorded)"}, got ${got}: the file was changed`;
    throw new CaaError("invalid-file", message, { facts: { expected, got } });
  }
  return vectors;
}
