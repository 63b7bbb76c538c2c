import { ByteCursor, decodeText } from "./byte-cursor.ts";
import { MAX_GLOBAL_BYTES, MAX_LONG_BYTES, MAX_PICKLE_BYTES } from "./limits.ts";
import { append, setItems } from "./pickle-containers.ts";
import { OP, opcodeName } from "./pickle-opcodes.ts";
import { PickleStack } from "./pickle-stack.ts";
import type { PickleValue } from "./pickle-values.ts";
import { build, knownGlobal, reduce } from "./rebuild.ts";
import { broken, refused } from "./refuse.ts";

/** What stands for an object that is kept outside the pickle, by its id. */
export type PersistentLoad = (id: PickleValue) => PickleValue;

/**
 * Reads one pickle: a small machine of `OP`'s opcodes over plain values. Names of Python are compared with a list and
 * stand for themselves; there is nothing that could be called. Its work is bounded by the pickle's bytes.
 * @returns what it makes, and where it ends
 * @throws {CaaError} invalid-file, unsupported
 */
export function readPickle(
  bytes: Uint8Array,
  start: number,
  persistentLoad: PersistentLoad,
): { readonly value: PickleValue; readonly end: number } {
  const cursor = new ByteCursor(bytes.subarray(0, start + MAX_PICKLE_BYTES), start);
  const stack = new PickleStack();
  if (cursor.u8() !== OP.PROTO) {
    throw broken(`expected a pickle at byte ${start}`);
  }
  const protocol = cursor.u8();
  if (protocol < 2 || protocol > 5) {
    throw refused(`a pickle of protocol ${protocol}; read are 2 to 5`);
  }
  for (let code = cursor.u8(); code !== OP.STOP; code = cursor.u8()) {
    step(code, cursor, stack, persistentLoad);
  }
  const value = stack.pop();
  if (stack.height > 0) {
    throw broken(`its pickle leaves ${stack.height} values on the stack`);
  }
  return { value, end: cursor.at };
}

function step(
  code: number,
  cursor: ByteCursor,
  stack: PickleStack,
  persistentLoad: PersistentLoad,
): void {
  switch (code) {
    case OP.FRAME:
      cursor.u64();
      return;
    case OP.MARK:
      return stack.mark();
    case OP.NONE:
      return stack.push(null);
    case OP.NEWTRUE:
      return stack.push(true);
    case OP.NEWFALSE:
      return stack.push(false);
    case OP.BININT:
      return stack.push(cursor.i32());
    case OP.BININT1:
      return stack.push(cursor.u8());
    case OP.BININT2:
      return stack.push(cursor.u16());
    case OP.LONG1:
      return stack.push(readLong(cursor));
    case OP.BINFLOAT:
      return stack.push(cursor.f64BigEndian());
    case OP.BINUNICODE:
      return stack.push(decodeText(cursor.take(cursor.u32()), "a text"));
    case OP.SHORT_BINUNICODE:
    case OP.SHORT_BINSTRING:
      return stack.push(decodeText(cursor.take(cursor.u8()), "a text"));
    case OP.EMPTY_TUPLE:
      return stack.push({ kind: "tuple", items: [] });
    case OP.TUPLE:
      return stack.push({ kind: "tuple", items: stack.popToMark() });
    case OP.TUPLE1:
    case OP.TUPLE2:
    case OP.TUPLE3:
      return stack.push({ kind: "tuple", items: stack.popMany(code - OP.TUPLE1 + 1) });
    case OP.EMPTY_LIST:
      return stack.push({ kind: "list", items: [] });
    case OP.APPEND:
      return append(stack.popMany(1), stack.top());
    case OP.APPENDS:
      return append(stack.popToMark(), stack.top());
    case OP.EMPTY_DICT:
      return stack.push({ kind: "dict", entries: new Map() });
    case OP.SETITEM:
      return setItems(stack.popMany(2), stack.top());
    case OP.SETITEMS:
      return setItems(stack.popToMark(), stack.top());
    case OP.GLOBAL:
      return stack.push(knownGlobal(readName(cursor), readName(cursor)));
    case OP.STACK_GLOBAL: {
      const [module = null, name = null] = stack.popMany(2);
      return stack.push(knownGlobal(module, name));
    }
    case OP.REDUCE: {
      const [callable = null, args = null] = stack.popMany(2);
      return stack.push(reduce(callable, args));
    }
    case OP.BUILD:
      return build(stack.pop(), stack.top());
    case OP.BINPERSID:
      return stack.push(persistentLoad(stack.pop()));
    case OP.BINPUT:
      return stack.put(cursor.u8());
    case OP.LONG_BINPUT:
      return stack.put(cursor.u32());
    case OP.MEMOIZE:
      return stack.put();
    case OP.BINGET:
      return stack.get(cursor.u8());
    case OP.LONG_BINGET:
      return stack.get(cursor.u32());
    default:
      throw refused(`its pickle has the opcode ${opcodeName(code)} at byte ${cursor.at - 1}`);
  }
}

function readName(cursor: ByteCursor): string {
  return decodeText(cursor.line(MAX_GLOBAL_BYTES), "a name");
}

/** Little-endian, two's complement; beyond 2^53 as a bigint, which is no size or key of anything. */
function readLong(cursor: ByteCursor): number | bigint {
  const length = cursor.u8();
  if (length > MAX_LONG_BYTES) {
    throw refused(`a whole number of ${length} bytes, at most ${MAX_LONG_BYTES}`);
  }
  let value = 0n;
  for (const byte of cursor.take(length).toReversed()) {
    value = (value << 8n) | BigInt(byte);
  }
  const signed = BigInt.asIntN(8 * length, value);
  return Number.isSafeInteger(Number(signed)) ? Number(signed) : signed;
}
