import { z } from "zod";
import { CaaError } from "../errors/caa-error.ts";

/** Bytes an element. */
const elementSizes = {
  F64: 8,
  F32: 4,
  F16: 2,
  BF16: 2,
  I64: 8,
  I32: 4,
  I16: 2,
  I8: 1,
  U8: 1,
  BOOL: 1,
} as const;

export type SafetensorsType = keyof typeof elementSizes;

export interface SafetensorsEntry {
  readonly dtype: SafetensorsType;
  readonly shape: readonly number[];
  /** Bytes from the start of the file. */
  readonly offset: number;
  readonly byteLength: number;
}

export interface SafetensorsHeader {
  readonly tensors: ReadonlyMap<string, SafetensorsEntry>;
  readonly metadata: Readonly<Record<string, string>>;
}

/** The format's own bound on its header. */
export const MAX_HEADER_BYTES = 100_000_000;
/** Far above any model's; bounds what a hostile header makes us allocate. */
const MAX_TENSORS = 200_000;
const MAX_RANK = 8;

const isType = (value: string): value is SafetensorsType => Object.hasOwn(elementSizes, value);
const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const headerSchema = z.record(
  z.string(),
  z.union([
    z.object({
      dtype: z.string(),
      shape: z.array(whole).max(MAX_RANK),
      data_offsets: z.tuple([whole, whole]),
    }),
    z.record(z.string(), z.string()),
  ]),
);

/** The length of the header after the first 8 bytes of a file, checked against the file's size. */
export function safetensorsHeaderLength(first: Uint8Array, fileSize: number): number {
  if (first.byteLength < 8) {
    throw invalid(`expected at least 8 bytes, got ${first.byteLength}`);
  }
  const length = new DataView(first.buffer, first.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(MAX_HEADER_BYTES) || 8n + length > BigInt(fileSize)) {
    throw invalid(`a header of ${length} bytes does not fit in a file of ${fileSize}`);
  }
  return Number(length);
}

/**
 * Reads a safetensors header, the JSON text after the first 8 bytes.
 * @throws {CaaError} `invalid-file` when tensors overlap, leave holes, lie outside the file, or differ in size from
 * what their shape says
 */
export function parseSafetensorsHeader(header: Uint8Array, fileSize: number): SafetensorsHeader {
  const parsed = headerSchema.safeParse(parseJson(header));
  if (!parsed.success) {
    throw invalid(z.prettifyError(parsed.error), parsed.error);
  }
  const dataStart = 8 + header.byteLength;
  const tensors = new Map<string, SafetensorsEntry>();
  let metadata: Record<string, string> = {};
  for (const [name, entry] of Object.entries(parsed.data)) {
    if (name === "__metadata__") {
      metadata = z.record(z.string(), z.string()).parse(entry);
      continue;
    }
    const { dtype, shape, data_offsets: offsets } = entry;
    if (typeof dtype !== "string" || typeof shape !== "object" || typeof offsets !== "object") {
      throw invalid(`tensor "${name}": dtype, shape and data_offsets are expected`);
    }
    if (!isType(dtype)) {
      throw invalid(`tensor "${name}": unknown type "${dtype}"; known: ${Object.keys(elementSizes).join(", ")}`);
    }
    const [begin, end] = offsets;
    const bytes = shape.reduce((product, size) => product * size, 1) * elementSizes[dtype];
    if (begin > end || end - begin !== bytes) {
      throw invalid(`tensor "${name}": ${dtype} [${shape.join(", ")}] takes ${bytes} bytes, got ${begin} to ${end}`);
    }
    tensors.set(name, { dtype, shape, offset: dataStart + begin, byteLength: bytes });
  }
  if (tensors.size > MAX_TENSORS) {
    throw invalid(`${tensors.size} tensors, at most ${MAX_TENSORS} are read`);
  }
  checkLayout(tensors, dataStart, fileSize);
  return { tensors, metadata };
}

/** The format allows neither overlaps nor holes. */
function checkLayout(tensors: ReadonlyMap<string, SafetensorsEntry>, dataStart: number, fileSize: number): void {
  const order = [...tensors].sort(([, a], [, b]) => a.offset - b.offset || a.byteLength - b.byteLength);
  let at = dataStart;
  for (const [name, { offset, byteLength }] of order) {
    if (offset !== at) {
      throw invalid(`tensor "${name}" begins at byte ${offset}, expected ${at}: tensors overlap or leave a hole`);
    }
    at = offset + byteLength;
  }
  if (at !== fileSize) {
    throw invalid(`tensors end at byte ${at}, the file has ${fileSize}: it is cut off or has something behind`);
  }
}

function parseJson(header: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(header));
  } catch (cause) {
    throw invalid("the header is not JSON in UTF-8", cause);
  }
}

function invalid(message: string, cause?: unknown): CaaError {
  return new CaaError("invalid-file", `safetensors: ${message}`, { cause });
}
