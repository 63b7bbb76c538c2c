import { CaaError } from "../../errors/caa-error.ts";
import { MAX_RANK } from "./limits.ts";
import type { FloatTensor } from "../../safetensors/encode.ts";

const VERSION = 3;
const ALIGNMENT = 32;
/** Type numbers of the format. */
const UINT32 = 4;
const STRING = 8;
const F32 = 0;

/**
 * A small GGUF file of float32 tensors as bytes: version 3, little-endian, each tensor at a multiple of 32 bytes. Numbers
 * are written as uint32.
 * @throws {CaaError} `shape-mismatch` when a shape and its data differ in size, `invalid-argument` for another number
 */
export function encodeGguf(
  metadata: ReadonlyMap<string, string | number>,
  tensors: ReadonlyMap<string, FloatTensor>,
): Uint8Array {
  const parts = [
    new TextEncoder().encode("GGUF"),
    uint32(VERSION),
    uint64(tensors.size),
    uint64(metadata.size),
  ];
  for (const [key, value] of metadata) {
    parts.push(
      text(key),
      ...(typeof value === "string"
        ? [uint32(STRING), text(value)]
        : [uint32(UINT32), whole(value)]),
    );
  }
  let offset = 0;
  for (const [name, { shape, data }] of tensors) {
    if (
      shape.length < 1 ||
      shape.length > MAX_RANK ||
      data.length === 0 ||
      data.length !== shape.reduce((product, size) => product * size, 1)
    ) {
      const message = `encodeGguf: tensor "${name}": [${shape.join(", ")}] does not hold ${data.length} values`;
      throw new CaaError("shape-mismatch", message);
    }
    parts.push(text(name), uint32(shape.length)); // the fastest axis first
    parts.push(...shape.toReversed().map(uint64), uint32(F32), uint64(offset));
    offset = aligned(offset + data.byteLength);
  }
  const dataStart = aligned(parts.reduce((sum, part) => sum + part.length, 0));
  const bytes = new Uint8Array(dataStart + offset);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  at = dataStart;
  for (const { data } of tensors.values()) {
    bytes.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += aligned(data.byteLength);
  }
  return bytes;
}

const aligned = (bytes: number): number => Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;

function whole(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffff_ffff) {
    throw new CaaError("invalid-argument", `encodeGguf: expected an unsigned number, got ${value}`);
  }
  return uint32(value);
}

function uint32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

function uint64(value: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(value), true);
  return bytes;
}

/** A length, then UTF-8. */
function text(value: string): Uint8Array {
  const utf8 = new TextEncoder().encode(value);
  const bytes = new Uint8Array(8 + utf8.length);
  bytes.set(uint64(utf8.length));
  bytes.set(utf8, 8);
  return bytes;
}
