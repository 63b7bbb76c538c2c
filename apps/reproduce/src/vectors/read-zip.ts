import { CaaError } from "@caa/core";

const END = 0x06054b50;
const ENTRY = 0x02014b50;
const END_BYTES = 22;
const ENTRY_BYTES = 46;
const HEADER_BYTES = 30;

/**
 * The files of a ZIP archive whose files are stored as they are, by name.
 * @throws {CaaError} invalid-file for what is no such archive, or a compressed one
 */
export function readStoredZip(bytes: Uint8Array, path: string): ReadonlyMap<string, Uint8Array> {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const refuse = (got: string): CaaError => {
    const message = `${path}: expected a file of torch.save, a ZIP archive of stored files, got ${got}`;
    return new CaaError("invalid-file", message, { facts: { path } });
  };
  let end = bytes.length - END_BYTES;
  while (end >= 0 && view.getUint32(end, true) !== END) {
    end -= 1;
  }
  if (end < 0) {
    throw refuse("none");
  }
  const files = new Map<string, Uint8Array>();
  try {
    let at = view.getUint32(end + 16, true);
    for (let left = view.getUint16(end + 10, true); left > 0; left -= 1) {
      const nameLength = view.getUint16(at + 28, true);
      const name = new TextDecoder().decode(
        bytes.subarray(at + ENTRY_BYTES, at + ENTRY_BYTES + nameLength),
      );
      if (view.getUint32(at, true) !== ENTRY || view.getUint16(at + 10, true) !== 0) {
        throw refuse("a compressed or broken one");
      }
      const size = view.getUint32(at + 24, true);
      const header = view.getUint32(at + 42, true);
      const start =
        header +
        HEADER_BYTES +
        view.getUint16(header + 26, true) +
        view.getUint16(header + 28, true);
      if (start + size > bytes.length) {
        throw refuse("one that is cut off");
      }
      files.set(name, bytes.subarray(start, start + size));
      at +=
        ENTRY_BYTES + nameLength + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
    }
  } catch (cause) {
    throw cause instanceof RangeError ? refuse("one that is cut off") : cause;
  }
  return files;
}
