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
/** The one key of a header that is not a tensor. */
const METADATA = "__metadata__";

const isType = (value: string): value is SafetensorsType => Object.hasOwn(elementSizes, value);
const whole = z.number().int().min(0).max(Number.MAX_SAFE_INTEGER);
const entrySchema = z.object({
  dtype: z.string(),
  shape: z.array(whole).max(MAX_RANK),
  data_offsets: z.tuple([whole, whole]),
});
const headerSchema = z.record(z.string(), z.unknown());
const metadataSchema = z.record(z.string(), z.string());

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
 * what their shape says, or when a key stands twice
 */
export function parseSafetensorsHeader(header: Uint8Array, fileSize: number): SafetensorsHeader {
  const entries = read(headerSchema, parseJson(header), "header");
  const names = Object.keys(entries);
  if (names.length > MAX_TENSORS + 1) {
    throw invalid(`${names.length} entries, at most ${MAX_TENSORS} tensors are read`);
  }
  const dataStart = 8 + header.byteLength;
  const tensors = new Map<string, SafetensorsEntry>();
  let metadata: Readonly<Record<string, string>> = {};
  for (const name of names) {
    if (name === METADATA) {
      metadata = read(metadataSchema, entries[name], METADATA);
      continue;
    }
    const {
      dtype,
      shape,
      data_offsets: offsets,
    } = read(entrySchema, entries[name], `tensor "${name}"`);
    if (!isType(dtype)) {
      throw invalid(
        `tensor "${name}": unknown type "${dtype}"; known: ${Object.keys(elementSizes).join(", ")}`,
      );
    }
    const [begin, end] = offsets;
    const bytes = shape.reduce((product, size) => product * size, 1) * elementSizes[dtype];
    if (begin > end || end - begin !== bytes) {
      throw invalid(
        `tensor "${name}": ${dtype} [${shape.join(", ")}] takes ${bytes} bytes, got ${begin} to ${end}`,
      );
    }
    tensors.set(name, { dtype, shape, offset: dataStart + begin, byteLength: bytes });
  }
  checkLayout(tensors, dataStart, fileSize);
  return { tensors, metadata };
}

/** The format allows neither overlaps nor holes. */
function checkLayout(
  tensors: ReadonlyMap<string, SafetensorsEntry>,
  dataStart: number,
  fileSize: number,
): void {
  const order = [...tensors].sort(
    ([, a], [, b]) => a.offset - b.offset || a.byteLength - b.byteLength,
  );
  let at = dataStart;
  for (const [name, { offset, byteLength }] of order) {
    if (offset !== at) {
      throw invalid(
        `tensor "${name}" begins at byte ${offset}, expected ${at}: tensors overlap or leave a hole`,
      );
    }
    at = offset + byteLength;
  }
  if (at !== fileSize) {
    throw invalid(
      `tensors end at byte ${at}, the file has ${fileSize}: it is cut off or has something behind`,
    );
  }
}

function read<T>(schema: z.ZodType<T>, value: unknown, what: string): T {
  const parsed = schema.safeParse(value);
  if (!parsed.success) {
    throw invalid(`${what}: ${z.prettifyError(parsed.error)}`, parsed.error);
  }
  return parsed.data;
}

function parseJson(header: Uint8Array): unknown {
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(header);
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid("the header is not JSON in UTF-8", cause);
  }
  checkKeys(text);
  return value;
}

/**
 * Refuses a key that stands twice in one object, of which `JSON.parse` silently keeps the last: readers would differ
 * in what they see. The text is known to be valid JSON.
 */
function checkKeys(text: string): void {
  const open: (Set<string> | null)[] = [];
  const token = /["{}[\]]/g;
  const colon = /\s*:/y;
  for (let match = token.exec(text); match !== null; match = token.exec(text)) {
    const [found] = match;
    if (found === '"') {
      token.lastIndex = colon.lastIndex = endOfString(text, match.index);
    }
    if (found === "{" || found === "[") {
      open.push(found === "{" ? new Set() : null);
    } else if (found === "}" || found === "]") {
      open.pop();
    } else if (colon.test(text)) {
      const key = String(JSON.parse(text.slice(match.index, token.lastIndex)));
      const keys = open.at(-1);
      if (key === "__proto__" || keys?.has(key) === true) {
        throw invalid(
          `the key "${key}" ${key === "__proto__" ? "is not allowed" : "stands twice"}`,
        );
      }
      keys?.add(key);
    }
  }
}

/** Behind the quote that ends the string that begins at `start`. Not by a pattern, whose stack long strings exhaust. */
function endOfString(text: string, start: number): number {
  let at = start;
  let isEscaped = true;
  while (isEscaped) {
    at = text.indexOf('"', at + 1);
    let before = at;
    while (text[before - 1] === "\\") {
      before -= 1;
    }
    isEscaped = (at - before) % 2 === 1;
  }
  return at + 1;
}

function invalid(message: string, cause?: unknown): CaaError {
  return new CaaError("invalid-file", `safetensors: ${message}`, { cause });
}
