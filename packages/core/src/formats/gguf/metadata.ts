import { invalidGguf } from "./invalid-gguf.ts";
import type { GgufValue } from "./metadata-value.ts";

export type GgufMetadata = ReadonlyMap<string, GgufValue>;

/** The text under a key, `undefined` when there is none. */
export function optionalString(metadata: GgufMetadata, key: string): string | undefined {
  const value = metadata.get(key);
  if (value !== undefined && typeof value !== "string") {
    throw wrong(key, "text", value);
  }
  return value;
}

export function optionalBoolean(metadata: GgufMetadata, key: string): boolean | undefined {
  const value = metadata.get(key);
  if (value !== undefined && typeof value !== "boolean") {
    throw wrong(key, "true or false", value);
  }
  return value;
}

export function optionalNumber(metadata: GgufMetadata, key: string): number | undefined {
  const value = metadata.get(key);
  if (value !== undefined && (typeof value !== "number" || !Number.isFinite(value))) {
    throw wrong(key, "a number", value);
  }
  return value;
}

export function requiredNumber(metadata: GgufMetadata, key: string): number {
  return required(key, optionalNumber(metadata, key));
}

export function requiredString(metadata: GgufMetadata, key: string): string {
  return required(key, optionalString(metadata, key));
}

export function optionalStrings(
  metadata: GgufMetadata,
  key: string,
): readonly string[] | undefined {
  return list(metadata, key, "texts", (value) => typeof value === "string");
}

export function optionalNumbers(
  metadata: GgufMetadata,
  key: string,
): readonly number[] | undefined {
  return list(metadata, key, "numbers", (value) => typeof value === "number");
}

export function requiredStrings(metadata: GgufMetadata, key: string): readonly string[] {
  return required(key, optionalStrings(metadata, key));
}

function list<T extends GgufValue>(
  metadata: GgufMetadata,
  key: string,
  what: string,
  fits: (value: GgufValue) => value is T,
): readonly T[] | undefined {
  const value = metadata.get(key);
  if (value === undefined) {
    return undefined;
  }
  if (typeof value !== "object" || !value.every(fits)) {
    throw wrong(key, `a list of ${what}`, value);
  }
  return value;
}

function required<T>(key: string, value: T | undefined): T {
  if (value === undefined) {
    throw invalidGguf(`the metadata has no "${key}"`, { key });
  }
  return value;
}

function wrong(key: string, expected: string, got: GgufValue): Error {
  const shown = typeof got === "object" ? "a list" : `${typeof got} ${String(got).slice(0, 40)}`;
  return invalidGguf(`"${key}" is expected to be ${expected}, got ${shown}`, { key });
}
