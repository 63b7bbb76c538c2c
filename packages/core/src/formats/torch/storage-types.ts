import type { TorchDtype } from "./torch-tensor.ts";

/** Number formats by the storage type that stands for them in a pickle. */
const DTYPES = new Map<string, TorchDtype>([
  ["torch.BFloat16Storage", "bfloat16"],
  ["torch.HalfStorage", "float16"],
  ["torch.FloatStorage", "float32"],
  ["torch.DoubleStorage", "float64"],
]);

/** Bytes of a value. */
export const ITEM_BYTES: Readonly<Record<TorchDtype, number>> = {
  bfloat16: 2,
  float16: 2,
  float32: 4,
  float64: 8,
};

export const STORAGE_TYPES: readonly string[] = [...DTYPES.keys()];

export function dtypeOfStorage(name: string): TorchDtype | undefined {
  return DTYPES.get(name);
}

/** The storage type of a number format, without its module. */
export function storageOfDtype(dtype: TorchDtype): string {
  const found = [...DTYPES].find(([, of]) => of === dtype);
  return (found?.[0] ?? "").slice("torch.".length);
}
