import type { TorchDtype } from "./torch-tensor.ts";

/** What a pickle can make here. Strings, numbers and containers are as in Python; nothing else of Python is there. */
export type PickleValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | PickleSequence
  | PickleDict
  | PickleGlobal
  | StorageReference
  | TensorReference;

export interface PickleSequence {
  readonly kind: "list" | "tuple";
  readonly items: PickleValue[];
}

export interface PickleDict {
  readonly kind: "dict" | "OrderedDict";
  readonly entries: Map<string | number, PickleValue>;
}

/** A name from the list of those that are known; it stands for itself, there is nothing behind it to call. */
export interface PickleGlobal {
  readonly kind: "global";
  readonly name: string;
}

/** A block of numbers elsewhere in the file. */
export interface StorageReference {
  readonly kind: "storage";
  readonly dtype: TorchDtype;
  readonly key: string;
  /** Of the whole block, in values. */
  readonly length: number;
  /** The part of the block, in values, that stands for the whole: of files of the first versions of PyTorch. */
  readonly view: { readonly offset: number; readonly length: number };
}

/** A view of a storage; offset and strides count values. */
export interface TensorReference {
  readonly kind: "tensor";
  readonly storage: StorageReference;
  readonly offset: number;
  readonly shape: readonly number[];
  readonly strides: readonly number[];
}

/** A value's kind in Python's words, for messages. */
export function kindOf(value: PickleValue): string {
  switch (typeof value) {
    case "boolean":
      return "bool";
    case "number":
    case "bigint":
      return "number";
    case "string":
      return "str";
    case "object":
      break;
  }
  if (value === null) {
    return "None";
  }
  return value.kind === "global" ? `global ${value.name}` : value.kind;
}

/** The items of a tuple of one of these lengths. */
export function tupleItems(
  value: PickleValue,
  lengths: readonly number[],
): readonly PickleValue[] | undefined {
  const isTuple = typeof value === "object" && value?.kind === "tuple";
  return isTuple && lengths.includes(value.items.length) ? value.items : undefined;
}

/** Whole, at least 0 and safe: a size, an offset or a stride. */
export function isCount(value: PickleValue | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/** Takes no entries: hooks and metadata of a tensor that has none. */
export function isEmptyDict(value: PickleValue | undefined): boolean {
  return (
    typeof value === "object" &&
    (value?.kind === "dict" || value?.kind === "OrderedDict") &&
    value.entries.size === 0
  );
}
