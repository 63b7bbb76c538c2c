import { ByteCursor, decodeText } from "./byte-cursor.ts";
import { crc32 } from "./crc32.ts";
import { MAX_RECORD_NAME_BYTES } from "./limits.ts";
import { broken, refused, shown } from "./refuse.ts";
import {
  DIRECTORY_ENTRY,
  FILE_HEADER,
  FLAG_DESCRIPTOR,
  FLAG_UTF8,
  IN_64_BITS_32,
  STORED,
} from "./zip-layout.ts";
import { findDirectory } from "./zip-directory.ts";

interface Entry {
  readonly name: string;
  readonly crc: number;
  readonly size: number;
  /** Of its header, from the file's start. */
  readonly offset: number;
}

/**
 * The files of a ZIP archive of stored files, as `torch.save` writes it, by name; views, not copies. What it allows is
 * narrow, so that no two readers see different files: nothing behind, no overlap, no compression, no name twice, no name
 * that leads elsewhere. Checksums are checked, unless all are 0: so PyTorch writes them when asked for none.
 * @throws {CaaError} invalid-file, unsupported
 */
export function readZip(bytes: Uint8Array): ReadonlyMap<string, Uint8Array> {
  const directory = findDirectory(bytes);
  const cursor = new ByteCursor(bytes, directory.offset);
  const entries: Entry[] = [];
  for (let index = 0; index < directory.count; index++) {
    entries.push(readEntry(cursor));
  }
  if (cursor.at !== directory.end) {
    throw broken(`the list of files ends at byte ${cursor.at}, expected ${directory.end}`);
  }
  const checked = entries.some(({ crc }) => crc !== 0);
  const files = new Map<string, Uint8Array>();
  let end = 0;
  for (const entry of entries.sort((a, b) => a.offset - b.offset)) {
    if (entry.offset < end) {
      throw broken(`the files before and at byte ${entry.offset} overlap`);
    }
    const data = readData(bytes.subarray(0, directory.offset), entry);
    end = entry.offset + data.end;
    if (files.has(entry.name)) {
      throw broken(`the file ${shown(entry.name)} stands twice`);
    }
    if (checked && crc32(data.bytes) !== entry.crc) {
      throw broken(`the file ${shown(entry.name)} does not have the checksum that is kept for it`);
    }
    files.set(entry.name, data.bytes);
  }
  return files;
}

function readEntry(cursor: ByteCursor): Entry {
  const at = cursor.at;
  if (cursor.u32() !== DIRECTORY_ENTRY) {
    throw broken(`expected an entry of the list of files at byte ${at}`);
  }
  cursor.take(4); // versions
  const flags = cursor.u16();
  const method = cursor.u16();
  cursor.take(4); // time and date
  const crc = cursor.u32();
  const packed = cursor.u32();
  const size = cursor.u32();
  const nameLength = cursor.u16();
  const restLength = cursor.u16() + cursor.u16();
  const disk = cursor.u16();
  cursor.take(6); // attributes
  const offset = cursor.u32();
  const name = checkName(cursor.take(nameLength));
  cursor.take(restLength);
  checkStored(name, flags, method);
  if (size === IN_64_BITS_32 || packed === IN_64_BITS_32 || offset === IN_64_BITS_32) {
    throw refused(`the file ${shown(name)} is beyond 4 GB`);
  }
  if (packed !== size || disk !== 0) {
    throw broken(`the file ${shown(name)}: ${size} bytes are stored as ${packed}, on disk ${disk}`);
  }
  return { name, crc, size, offset };
}

/** The bytes of a file, and where they end, counted from its header. */
function readData(
  bytes: Uint8Array,
  { name, size, offset }: Entry,
): { readonly bytes: Uint8Array; readonly end: number } {
  const cursor = new ByteCursor(bytes, offset);
  if (cursor.u32() !== FILE_HEADER) {
    throw broken(`expected the header of ${shown(name)} at byte ${offset}`);
  }
  cursor.take(2); // version
  const flags = cursor.u16();
  checkStored(name, flags, cursor.u16());
  cursor.take(8); // time, date and CRC-32, which the directory has
  const packed = cursor.u32();
  const own = cursor.u32();
  const nameLength = cursor.u16();
  const extraLength = cursor.u16();
  const ownName = checkName(cursor.take(nameLength));
  // Before a descriptor the sizes may be 0.
  const sizes = (flags & FLAG_DESCRIPTOR) !== 0 && own === 0 && packed === 0 ? 0 : size;
  if (ownName !== name || own !== sizes || packed !== sizes) {
    throw broken(
      `the header of ${shown(name)} is for ${shown(ownName)} of ${own} bytes, expected ${sizes}`,
    );
  }
  cursor.take(extraLength);
  return { bytes: cursor.take(size), end: cursor.at - offset };
}

function checkStored(name: string, flags: number, method: number): void {
  if (method !== STORED) {
    throw refused(`the file ${shown(name)} is compressed, by method ${method}`);
  }
  if ((flags & ~(FLAG_DESCRIPTOR | FLAG_UTF8)) !== 0) {
    throw refused(`the file ${shown(name)} has the flags ${flags}, such as for encryption`);
  }
}

function checkName(bytes: Uint8Array): string {
  if (bytes.length > MAX_RECORD_NAME_BYTES) {
    throw refused(`a file's name of ${bytes.length} bytes, at most ${MAX_RECORD_NAME_BYTES}`);
  }
  const name = decodeText(bytes, "a file's name");
  const parts = name.split("/");
  if (/[\\\0]/.test(name) || parts.some((part) => part === "" || part === "." || part === "..")) {
    throw refused(`a file's name that leads elsewhere, ${shown(name)}`);
  }
  return name;
}
