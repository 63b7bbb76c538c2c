import type { PickleValue, StorageReference } from "./pickle-values.ts";

/** What both formats come to: the value that was saved, and the bytes of the storages that it names. */
export interface TorchContent {
  readonly value: PickleValue;
  /** A view of the file, of the length that the storage is said to have. */
  storageBytes(storage: StorageReference): Uint8Array;
}
