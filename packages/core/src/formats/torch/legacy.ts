import { ByteCursor } from "./byte-cursor.ts";
import { isDict } from "./pickle-containers.ts";
import { type PersistentLoad, readPickle } from "./pickle.ts";
import { kindOf, type PickleValue } from "./pickle-values.ts";
import { broken, refused, shown } from "./refuse.ts";
import { ITEM_BYTES } from "./storage-types.ts";
import { checkStorageBytes, Storages } from "./storages.ts";
import type { TorchContent } from "./torch-content.ts";

const MAGIC_NUMBER = 0x1950a86a20f9469cfc6cn;
const PROTOCOL_VERSION = 1001;

/**
 * The content of a file of PyTorch's format before 1.6: pickles of a magic number, a version, facts of the machine, the
 * value and the storages' keys; then each storage as its length and its bytes.
 * @throws {CaaError} invalid-file, unsupported
 */
export function readLegacy(bytes: Uint8Array): TorchContent {
  let at = 0;
  const next = (load: PersistentLoad = noObjects): PickleValue => {
    const { value, end } = readPickle(bytes, at, load);
    at = end;
    return value;
  };
  if (next() !== MAGIC_NUMBER) {
    throw broken("expected its magic number first");
  }
  const protocol = next();
  if (protocol !== PROTOCOL_VERSION) {
    throw refused(`expected the legacy format's version ${PROTOCOL_VERSION}, got another`);
  }
  const machine = next();
  if (!isDict(machine) || machine.entries.get("little_endian") !== true) {
    throw refused("expected a file of a little-endian machine");
  }
  const storages = new Storages();
  const value = next(storages.load);
  const keys = readKeys(next());
  const cursor = new ByteCursor(bytes, at);
  const blocks = new Map<string, Uint8Array>();
  for (const key of keys) {
    const storage = storages.get(key);
    if (storage === undefined || blocks.has(key)) {
      throw broken(`it has a storage ${shown(key)} that its pickle does not name, or twice`);
    }
    const size = cursor.u64() * ITEM_BYTES[storage.dtype];
    checkStorageBytes(storage, size);
    blocks.set(key, cursor.take(size));
  }
  if (cursor.at !== bytes.length) {
    throw broken(`its last storage ends at byte ${cursor.at} of ${bytes.length}`);
  }
  return {
    value,
    storageBytes: ({ key }) => {
      const block = blocks.get(key);
      if (block === undefined) {
        throw broken(`the storage ${shown(key)} is not in it`);
      }
      return block;
    },
  };
}

const noObjects: PersistentLoad = () => {
  throw broken("an object outside the pickle where none is expected");
};

function readKeys(value: PickleValue): readonly string[] {
  const items = typeof value === "object" && value?.kind === "list" ? value.items : undefined;
  const isText = (item: PickleValue): item is string => typeof item === "string";
  if (items === undefined || !items.every(isText)) {
    throw broken(`expected a list of the storages' keys, got a ${kindOf(value)}`);
  }
  return items;
}
