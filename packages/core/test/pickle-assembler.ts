import { concatenate, fields } from "../src/formats/torch/bytes.ts";
import { OP } from "../src/formats/torch/pickle-opcodes.ts";
import { writeZip } from "../src/formats/torch/zip-writer.ts";

/** Opcodes and their arguments, for files that PyTorch would not write. */
export type Part = number | Uint8Array;

const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

export const global = (module: string, name: string): Uint8Array =>
  concatenate([Uint8Array.of(OP.GLOBAL), ascii(`${module}\n${name}\n`)]);
export const text = (value: string): Uint8Array =>
  concatenate([Uint8Array.of(OP.BINUNICODE), fields([ascii(value).length, 4]), ascii(value)]);
/** As an 8-byte LONG1. */
export function int(value: number): Uint8Array {
  const bytes = new Uint8Array(10);
  bytes.set([OP.LONG1, 8]);
  new DataView(bytes.buffer).setBigInt64(2, BigInt(value), true);
  return bytes;
}
export const tuple = (...items: readonly Part[]): Uint8Array => parts(OP.MARK, ...items, OP.TUPLE);
export const parts = (...items: readonly Part[]): Uint8Array =>
  concatenate(items.map((item) => (typeof item === "number" ? Uint8Array.of(item) : item)));
export const pickle = (...items: readonly Part[]): Uint8Array =>
  parts(OP.PROTO, 2, ...items, OP.STOP);

interface TensorFields {
  readonly storage?: Uint8Array;
  readonly offset?: number;
  readonly shape?: readonly number[];
  readonly strides?: readonly number[];
  readonly hooks?: Uint8Array;
}

/** The id of a storage, "0" of four float32 values unless told otherwise. */
export const storage = (type = "FloatStorage", length = 4, key = "0"): Uint8Array =>
  parts(
    tuple(text("storage"), global("torch", type), text(key), text("cpu"), int(length)),
    OP.BINPERSID,
  );

/** A tensor of four values, or one of other fields. */
export function tensor({
  storage: of = storage(),
  offset = 0,
  shape = [4],
  strides = [1],
  hooks = parts(OP.EMPTY_DICT),
}: TensorFields = {}): Uint8Array {
  const args = [
    of,
    int(offset),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    OP.NEWFALSE,
    hooks,
  ];
  return parts(global("torch._utils", "_rebuild_tensor_v2"), tuple(...args), OP.REDUCE);
}

/** An archive of a pickle with a storage "0" of four float32 values, 0 to 3, and other files. */
export function archive(
  data: Uint8Array,
  others: Readonly<Record<string, Uint8Array | string>> = {},
): Uint8Array {
  const files = {
    "archive/data.pkl": data,
    "archive/data/0": new Uint8Array(Float32Array.of(0, 1, 2, 3).buffer),
    "archive/version": "3\n",
    ...others,
  };
  const bytes = (content: Uint8Array | string): Uint8Array =>
    typeof content === "string" ? ascii(content) : content;
  return writeZip(new Map(Object.entries(files).map(([name, content]) => [name, bytes(content)])));
}
