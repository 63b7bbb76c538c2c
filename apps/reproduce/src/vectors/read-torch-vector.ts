import { CaaError, halfFloatTable } from "@caa/core";
import { readFileLimited } from "@caa/core/files";
import { readStoredZip } from "./read-zip.ts";

/** Far above any vector; one of Llama-2-13b has 20 KB. */
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * A vector that PyTorch saved, `torch.save(vector, path)`, as float32. Its pickle is not run: what is read of it is the
 * name of the number format. The file's one block of numbers is the vector.
 * @throws {CaaError} invalid-file for other files; not-found, io
 */
export async function readTorchVector(path: string): Promise<Float32Array> {
  const files = [...readStoredZip(await readFileLimited(path, MAX_BYTES), path)];
  const ending = (end: string): Uint8Array | undefined =>
    files.find(([name]) => name.endsWith(`/${end}`))?.[1];
  const text = (bytes: Uint8Array | undefined): string =>
    Buffer.from(bytes ?? []).toString("latin1");
  const formats = [...text(ending("data.pkl")).matchAll(/torch\n(\w+)Storage\n/g)];
  const format = formats.length === 1 ? (formats[0]?.[1] ?? "none") : `${formats.length} tensors`;
  const data = ending("data/0");
  const order = text(ending("byteorder")) || "little";
  if (data === undefined || order !== "little" || !(format === "Float" || format === "Half")) {
    const message = `${path}: expected one vector in float32 or float16, little-endian, got ${format}, ${order}-endian`;
    throw new CaaError("invalid-file", message, { facts: { path, format, order } });
  }
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  const half = halfFloatTable();
  return format === "Float"
    ? Float32Array.from({ length: data.length / 4 }, (_, i) => view.getFloat32(4 * i, true))
    : Float32Array.from(
        { length: data.length / 2 },
        (_, i) => half[view.getUint16(2 * i, true)] ?? NaN,
      );
}
