import { MAX_KEY_LENGTH } from "./limits.ts";
import { kindOf, type PickleDict, type PickleValue } from "./pickle-values.ts";
import { broken, refused, shown } from "./refuse.ts";

/** Appends to a list in place. */
export function append(items: readonly PickleValue[], to: PickleValue): void {
  if (typeof to !== "object" || to?.kind !== "list") {
    throw broken(`its pickle appends to a ${kindOf(to)}, expected a list`);
  }
  for (const item of items) {
    to.items.push(item);
  }
}

/** Adds keys and values, in turns, to a dict in place. A key stands once: Python would keep the last. */
export function setItems(items: readonly PickleValue[], to: PickleValue): void {
  if (!isDict(to)) {
    throw broken(`its pickle sets items of a ${kindOf(to)}, expected a dict`);
  }
  for (let index = 0; index < items.length; index += 2) {
    const [key = null, value] = items.slice(index, index + 2);
    if (value === undefined) {
      throw broken("its pickle has a key without a value");
    }
    if (!isKey(key)) {
      throw refused(
        `a key that is a ${kindOf(key)}; read are whole numbers and texts of up to ${MAX_KEY_LENGTH} characters`,
      );
    }
    if (to.entries.has(key)) {
      throw broken(`the key ${shown(String(key))} stands twice`);
    }
    to.entries.set(key, value);
  }
}

export function isDict(value: PickleValue): value is PickleDict {
  return typeof value === "object" && (value?.kind === "dict" || value?.kind === "OrderedDict");
}

function isKey(key: PickleValue): key is string | number {
  return typeof key === "string" ? key.length <= MAX_KEY_LENGTH : Number.isSafeInteger(key);
}
