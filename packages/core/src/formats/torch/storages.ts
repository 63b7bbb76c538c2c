import {
  isCount,
  kindOf,
  type PickleValue,
  type StorageReference,
  tupleItems,
} from "./pickle-values.ts";
import { broken, refused, shown } from "./refuse.ts";
import { dtypeOfStorage, ITEM_BYTES, STORAGE_TYPES } from "./storage-types.ts";

/** The storages that a pickle refers to: each key is one block of one number format and length. */
export class Storages {
  readonly #byKey = new Map<string, StorageReference>();

  /** The whole block of a key that the pickle named. */
  get(key: string): StorageReference | undefined {
    return this.#byKey.get(key);
  }

  /** ("storage", type, key, device, length[, view]); the last of legacy files alone, (key, offset, length) or None. */
  readonly load = (id: PickleValue): StorageReference => {
    const [tag, type, key, device, length, view = null] = tupleItems(id, [5, 6]) ?? [];
    if (
      tag !== "storage" ||
      typeof key !== "string" ||
      typeof device !== "string" ||
      !isCount(length)
    ) {
      throw refused("an object outside the pickle that is not a storage with a key and a length");
    }
    const name = typeof type === "object" && type?.kind === "global" ? type.name : "";
    const dtype = dtypeOfStorage(name);
    if (dtype === undefined) {
      throw refused(
        `a storage of type ${kindOf(type ?? null)}; read are ${STORAGE_TYPES.join(", ")}`,
      );
    }
    const whole = { offset: 0, length };
    const root: StorageReference = { kind: "storage", dtype, key, length, view: whole };
    const known = this.#byKey.get(key) ?? root;
    if (known.dtype !== dtype || known.length !== length) {
      throw broken(
        `the storage ${shown(key)} is named as ${known.length} of ${known.dtype} and as ${length} of ${dtype}`,
      );
    }
    this.#byKey.set(key, known);
    return view === null ? known : { ...root, view: readView(view, length) };
  };
}

/** Throws where bytes are not as many as a storage takes. */
export function checkStorageBytes({ key, dtype, length }: StorageReference, bytes: number): void {
  if (bytes !== length * ITEM_BYTES[dtype]) {
    throw broken(
      `the storage ${shown(key)} is said to have ${length} values of ${dtype}, it has ${bytes} bytes`,
    );
  }
}

function readView(view: PickleValue, rootLength: number): StorageReference["view"] {
  const [key, offset, length] = tupleItems(view, [3]) ?? [];
  if (
    typeof key !== "string" ||
    !isCount(offset) ||
    !isCount(length) ||
    offset + length > rootLength
  ) {
    throw broken(`a view of a storage of ${rootLength} values that is no part of it`);
  }
  return { offset, length };
}
