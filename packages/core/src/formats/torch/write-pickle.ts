import { concatenate, fields } from "./bytes.ts";
import { OP } from "./pickle-opcodes.ts";
import { storageOfDtype } from "./storage-types.ts";
import type { TorchDtype } from "./torch-tensor.ts";

/** The pickle of one tensor in its storage, "0", row-major from its first value. */
export function writeTensorPickle(dtype: TorchDtype, shape: readonly number[]): Uint8Array {
  const strides = shape.map((_, axis) =>
    shape.slice(axis + 1).reduce((product, size) => product * Math.max(size, 1), 1),
  );
  const count = shape.reduce((product, size) => product * size, 1);
  return concatenate([
    op(OP.PROTO, 2),
    global("torch._utils", "_rebuild_tensor_v2"),
    op(OP.MARK),
    tuple(
      text("storage"),
      global("torch", storageOfDtype(dtype)),
      text("0"),
      text("cpu"),
      int(count),
    ),
    op(OP.BINPERSID),
    int(0),
    tuple(...shape.map(int)),
    tuple(...strides.map(int)),
    op(OP.NEWFALSE),
    global("collections", "OrderedDict"),
    op(OP.EMPTY_TUPLE, OP.REDUCE),
    op(OP.TUPLE, OP.REDUCE, OP.STOP),
  ]);
}

const op = (...codes: readonly number[]): Uint8Array => Uint8Array.from(codes);
const ascii = (value: string): Uint8Array => new TextEncoder().encode(value);
const tuple = (...items: readonly Uint8Array[]): Uint8Array =>
  concatenate([op(OP.MARK), ...items, op(OP.TUPLE)]);
const int = (value: number): Uint8Array => concatenate([op(OP.BININT), fields([value, 4])]);
const global = (module: string, name: string): Uint8Array =>
  concatenate([op(OP.GLOBAL), ascii(`${module}\n${name}\n`)]);
const text = (value: string): Uint8Array =>
  concatenate([op(OP.BINUNICODE), fields([value.length, 4]), ascii(value)]);
