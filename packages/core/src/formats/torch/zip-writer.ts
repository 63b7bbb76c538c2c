import { concatenate, fields } from "./bytes.ts";
import { crc32 } from "./crc32.ts";
import { DIRECTORY_ENTRY, END, FILE_HEADER, FILE_HEADER_BYTES, STORED } from "./zip-layout.ts";

/** As PyTorch, so that a storage can be mapped into memory. */
const ALIGNMENT = 64;
/** The extra field of PyTorch's padding, "FB". */
const PADDING = 0x4246;
/** Of ZIP; what is stored needs no more. */
const VERSION = 20;

/**
 * A ZIP archive of these files, stored, each beginning at a multiple of 64 bytes; without times. At most 65,535 files
 * of ASCII names, below 4 GB in all.
 */
export function writeZip(files: ReadonlyMap<string, Uint8Array>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  const put = (...added: Uint8Array[]): void => {
    for (const part of added) {
      parts.push(part);
      at += part.length;
    }
  };
  for (const [name, content] of files) {
    const nameBytes = new TextEncoder().encode(name);
    const before = at + FILE_HEADER_BYTES + nameBytes.length + 4;
    const padding = (ALIGNMENT - (before % ALIGNMENT)) % ALIGNMENT;
    const crc = crc32(content);
    const size = content.length;
    // What the header and its entry in the directory have in common: flags, method, time, date, CRC-32, sizes, name.
    const common = fields(
      [0, 2],
      [STORED, 2],
      [0, 4],
      [crc, 4],
      [size, 4],
      [size, 4],
      [nameBytes.length, 2],
    );
    directory.push(
      fields([DIRECTORY_ENTRY, 4], [VERSION, 2], [VERSION, 2]),
      common,
      fields([0, 2], [0, 2], [0, 4], [0, 4], [at, 4]), // extra, comment, disk and attributes, offset
      nameBytes,
    );
    put(
      fields([FILE_HEADER, 4], [VERSION, 2]),
      common,
      fields([4 + padding, 2]),
      nameBytes,
      fields([PADDING, 2], [padding, 2]),
      new Uint8Array(padding),
      content,
    );
  }
  const offset = at;
  put(...directory);
  const count = files.size;
  put(fields([END, 4], [0, 4], [count, 2], [count, 2], [at - offset, 4], [offset, 4], [0, 2]));
  return concatenate(parts);
}
