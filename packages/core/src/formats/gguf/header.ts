import type { GgufFile } from "./gguf-file.ts";
import { invalidGguf, unsupportedGguf } from "./invalid-gguf.ts";
import {
  MAX_ALIGNMENT,
  MAX_METADATA_ENTRIES,
  MAX_NAME_BYTES,
  MAX_RANK,
  MAX_TENSORS,
} from "./limits.ts";
import { type GgufValue, readMetadataValue } from "./metadata-value.ts";
import {
  type GgufTensorType,
  isReadableType,
  tensorLayouts,
  tensorTypeName,
} from "./tensor-types.ts";
import { WindowReader } from "./window-reader.ts";

export interface GgufTensor {
  readonly type: GgufTensorType;
  /** Slowest axis first, as in Hugging Face's files; GGUF itself writes the fastest first. */
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

export interface GgufHeader {
  readonly version: number;
  readonly metadata: ReadonlyMap<string, GgufValue>;
  readonly tensors: ReadonlyMap<string, GgufTensor>;
}

const MAGIC = 0x46554747; // "GGUF", little-endian
const DEFAULT_ALIGNMENT = 32;

/**
 * Reads the metadata and tensor descriptions of a GGUF file, versions 2 and 3, little-endian; never the tensors' data.
 * @throws {CaaError} `invalid-file` when it is cut off, exceeds a named limit, or its tensors overlap or lie outside the
 * file; `unsupported` for another version, byte order, or a tensor type that is not read
 */
export async function readGgufHeader(file: GgufFile): Promise<GgufHeader> {
  const { size } = await file.stat();
  const reader = new WindowReader(file, size);
  await reader.need(24, "the start of the header");
  const magic = reader.uint32();
  if (magic !== MAGIC) {
    throw invalidGguf(`the file begins with 0x${magic.toString(16)}, expected the letters GGUF`);
  }
  const version = reader.uint32();
  if (version !== 2 && version !== 3) {
    const bigEndian = version !== 0 && (version & 0xffff) === 0;
    throw unsupportedGguf(
      bigEndian ? "big-endian files are not read" : `version ${version} is not read; read: 2, 3`,
    );
  }
  // The least of an entry: key length, type, one byte. Of a tensor: name length, rank, one size, type, offset.
  const tensorCount = reader.count("the file", MAX_TENSORS, 32, "tensors");
  const metadataCount = reader.count("the file", MAX_METADATA_ENTRIES, 13, "metadata entries");

  const metadata = new Map<string, GgufValue>();
  for (let index = 0; index < metadataCount; index++) {
    const key = await reader.string(`the key of metadata entry ${index}`, MAX_NAME_BYTES);
    if (metadata.has(key)) {
      throw invalidGguf(`the metadata has "${key}" twice`);
    }
    metadata.set(key, await readMetadataValue(reader, key));
  }
  const tensors = new Map<string, GgufTensor>();
  for (let index = 0; index < tensorCount; index++) {
    const name = await reader.string(`the name of tensor ${index}`, MAX_NAME_BYTES);
    if (tensors.has(name)) {
      throw invalidGguf(`there are two tensors "${name}"`);
    }
    tensors.set(name, await readTensorInfo(reader, name));
  }
  const alignment = readAlignment(metadata);
  const dataStart = Math.ceil(reader.position / alignment) * alignment;
  return { version, metadata, tensors: placeTensors(tensors, dataStart, alignment, size) };
}

/** Its offset counts from the start of the data here, which is known only after the last tensor. */
async function readTensorInfo(reader: WindowReader, name: string): Promise<GgufTensor> {
  const what = `tensor "${name}"`;
  await reader.need(4, what);
  const rank = reader.uint32();
  if (rank < 1 || rank > MAX_RANK) {
    throw invalidGguf(`${what} has ${rank} axes, expected 1 to ${MAX_RANK}`);
  }
  await reader.need(8 * rank + 12, what);
  const sizes = Array.from({ length: rank }, () => reader.uint64());
  const elements = sizes.reduce((product, size) => product * size, 1n);
  if (elements === 0n || elements > BigInt(Number.MAX_SAFE_INTEGER)) {
    throw invalidGguf(`${what} has sizes ${sizes.join(", ")}, which no file can hold`);
  }
  const typeId = reader.uint32();
  const type = tensorTypeName(typeId);
  if (type === undefined) {
    throw invalidGguf(`${what} has the unknown type ${typeId}`, { tensor: name, type: typeId });
  }
  if (!isReadableType(type)) {
    const known = Object.keys(tensorLayouts).join(", ");
    throw unsupportedGguf(`${what} is stored as ${type}, which is not read; read: ${known}`, {
      tensor: name,
      type,
    });
  }
  const { blockSize, blockBytes } = tensorLayouts[type];
  const shape = sizes.map(Number).toReversed();
  const columns = shape[rank - 1] ?? 0;
  if (columns % blockSize !== 0) {
    throw invalidGguf(
      `${what} has rows of ${columns} values, ${type} needs a multiple of ${blockSize}`,
    );
  }
  const offset = reader.uint64();
  if (offset > BigInt(reader.fileSize)) {
    throw invalidGguf(
      `${what} begins ${offset} bytes into the data, the whole file has ${reader.fileSize}`,
    );
  }
  return {
    type,
    shape,
    offset: Number(offset),
    byteLength: (Number(elements) / blockSize) * blockBytes,
  };
}

function readAlignment(metadata: ReadonlyMap<string, GgufValue>): number {
  const alignment = metadata.get("general.alignment") ?? DEFAULT_ALIGNMENT;
  if (
    typeof alignment !== "number" ||
    !Number.isInteger(alignment) ||
    alignment < 8 ||
    alignment > MAX_ALIGNMENT ||
    alignment % 8 !== 0
  ) {
    throw invalidGguf(
      `general.alignment is a multiple of 8 up to ${MAX_ALIGNMENT}, got ${String(alignment)}`,
    );
  }
  return alignment;
}

/** Offsets from the start of the file; every tensor inside it and apart from the others. */
function placeTensors(
  tensors: ReadonlyMap<string, GgufTensor>,
  dataStart: number,
  alignment: number,
  fileSize: number,
): Map<string, GgufTensor> {
  let previous = { name: "", end: dataStart };
  for (const [name, { offset, byteLength }] of [...tensors].sort(
    ([, a], [, b]) => a.offset - b.offset,
  )) {
    const begin = dataStart + offset;
    const end = begin + byteLength;
    if (offset % alignment !== 0) {
      throw invalidGguf(
        `tensor "${name}" begins ${offset} bytes into the data, expected a multiple of ${alignment}`,
      );
    }
    if (begin < previous.end) {
      throw invalidGguf(`tensors "${previous.name}" and "${name}" overlap at byte ${begin}`);
    }
    if (end > fileSize) {
      throw invalidGguf(
        `tensor "${name}" ends at byte ${end}, the file has ${fileSize}: it is cut off or lies`,
      );
    }
    previous = { name, end };
  }
  return new Map(
    [...tensors].map(([name, tensor]) => [name, { ...tensor, offset: dataStart + tensor.offset }]),
  );
}
