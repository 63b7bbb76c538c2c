import { invalidGguf } from "./invalid-gguf.ts";
import { MAX_ARRAY_DEPTH, MAX_ARRAY_LENGTH } from "./limits.ts";
import type { WindowReader } from "./window-reader.ts";

/** 64-bit integers that a number cannot hold exactly stay `bigint`. */
export type GgufValue = number | bigint | boolean | string | readonly GgufValue[];

interface ScalarType {
  readonly name: string;
  readonly bytes: number;
  readonly read: (reader: WindowReader) => number | bigint | boolean;
}

const scalarTypes: ReadonlyMap<number, ScalarType> = new Map([
  [0, { name: "uint8", bytes: 1, read: (reader) => reader.uint8() }],
  [1, { name: "int8", bytes: 1, read: (reader) => reader.int8() }],
  [2, { name: "uint16", bytes: 2, read: (reader) => reader.uint16() }],
  [3, { name: "int16", bytes: 2, read: (reader) => reader.int16() }],
  [4, { name: "uint32", bytes: 4, read: (reader) => reader.uint32() }],
  [5, { name: "int32", bytes: 4, read: (reader) => reader.int32() }],
  [6, { name: "float32", bytes: 4, read: (reader) => reader.float32() }],
  [7, { name: "bool", bytes: 1, read: boolean }],
  [10, { name: "uint64", bytes: 8, read: (reader) => exact(reader.uint64()) }],
  [11, { name: "int64", bytes: 8, read: (reader) => exact(reader.int64()) }],
  [12, { name: "float64", bytes: 8, read: (reader) => reader.float64() }],
]);
const STRING = 8;
const ARRAY = 9;

/** One value: its type number, then the value. */
export async function readMetadataValue(reader: WindowReader, key: string): Promise<GgufValue> {
  await reader.need(4, `the type of "${key}"`);
  return readTyped(reader, key, reader.uint32(), 0);
}

async function readTyped(
  reader: WindowReader,
  key: string,
  type: number,
  depth: number,
): Promise<GgufValue> {
  if (type === STRING) {
    return reader.string(`"${key}"`);
  }
  if (type === ARRAY) {
    return readArray(reader, key, depth + 1);
  }
  const scalar = scalarTypes.get(type);
  if (scalar === undefined) {
    throw invalidGguf(`"${key}" has the unknown value type ${type}`, { key, type });
  }
  await reader.need(scalar.bytes, `"${key}"`);
  return scalar.read(reader);
}

async function readArray(
  reader: WindowReader,
  key: string,
  depth: number,
): Promise<readonly GgufValue[]> {
  if (depth > MAX_ARRAY_DEPTH) {
    throw invalidGguf(`"${key}" nests arrays more than ${MAX_ARRAY_DEPTH} deep`);
  }
  await reader.need(12, `the array "${key}"`);
  const type = reader.uint32();
  const scalar = scalarTypes.get(type);
  // A string takes at least its length, an array its type and length.
  const minBytes = scalar?.bytes ?? (type === ARRAY ? 12 : 8);
  const length = reader.count(`the array "${key}"`, MAX_ARRAY_LENGTH, minBytes, "entries");
  const values = new Array<GgufValue>();
  for (let index = 0; index < length; index++) {
    if (scalar !== undefined && scalar.bytes <= reader.available) {
      values.push(scalar.read(reader)); // the common case, without a turn of the event loop for each
    } else {
      values.push(await readTyped(reader, key, type, depth));
    }
  }
  return values;
}

function boolean(reader: WindowReader): boolean {
  const byte = reader.uint8();
  if (byte > 1) {
    throw invalidGguf(`a boolean is 0 or 1, got ${byte}`);
  }
  return byte === 1;
}

function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
