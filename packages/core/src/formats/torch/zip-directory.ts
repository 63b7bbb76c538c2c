import { ByteCursor } from "./byte-cursor.ts";
import { MAX_RECORDS } from "./limits.ts";
import { broken, refused } from "./refuse.ts";
import {
  END,
  END64,
  END64_BYTES,
  END_BYTES,
  IN_64_BITS_16,
  IN_64_BITS_32,
  LOCATOR64,
  LOCATOR64_BYTES,
} from "./zip-layout.ts";

/** Where the list of an archive's files is. */
interface Directory {
  readonly count: number;
  readonly offset: number;
  readonly end: number;
}

/**
 * The list of files, by the record at the very end of the archive and, where there is one, its 64-bit form, which
 * PyTorch always writes.
 * @throws {CaaError} invalid-file, unsupported
 */
export function findDirectory(bytes: Uint8Array): Directory {
  const short = readEnd(bytes);
  const locatorAt = short.at - LOCATOR64_BYTES;
  const hasLocator = locatorAt >= 0 && new ByteCursor(bytes, locatorAt).u32() === LOCATOR64;
  const found = hasLocator ? { ...short, ...readEnd64(bytes, locatorAt) } : short;
  const same = (value: number, in16or32: number, marker: number): boolean =>
    value === in16or32 || in16or32 === marker;
  if (
    found.offset + found.size !== found.at ||
    !same(found.count, short.count, IN_64_BITS_16) ||
    !same(found.size, short.size, IN_64_BITS_32) ||
    !same(found.offset, short.offset, IN_64_BITS_32)
  ) {
    throw broken(
      `the list of files is said to have ${found.size} bytes at byte ${found.offset}, and to end at byte ${found.at}`,
    );
  }
  if (found.count > MAX_RECORDS) {
    throw refused(`${found.count} files, at most ${MAX_RECORDS}`);
  }
  return { count: found.count, offset: found.offset, end: found.at };
}

interface End {
  readonly count: number;
  readonly size: number;
  readonly offset: number;
  /** Of this record, from the start of the archive. */
  readonly at: number;
}

function readEnd(bytes: Uint8Array): End {
  const at = bytes.length - END_BYTES;
  const cursor = new ByteCursor(bytes, at);
  if (at < 0 || cursor.u32() !== END) {
    throw broken(
      "expected the end of a ZIP archive as its last 22 bytes: it is cut off, or something is behind",
    );
  }
  const disks = [cursor.u16(), cursor.u16()];
  const counts = [cursor.u16(), cursor.u16()];
  return checkDisks(disks, counts, {
    size: cursor.u32(),
    offset: cursor.u32(),
    at,
    comment: cursor.u16(),
  });
}

function readEnd64(bytes: Uint8Array, locatorAt: number): End {
  const locator = new ByteCursor(bytes, locatorAt + 4);
  const disk = locator.u32();
  const at = locator.u64();
  const disksInAll = locator.u32();
  const cursor = new ByteCursor(bytes, at);
  const found = at === locatorAt - END64_BYTES && cursor.u32() === END64;
  if (!found || cursor.u64() !== END64_BYTES - 12 || disk !== 0 || disksInAll !== 1) {
    throw broken(`expected the 64-bit end of a ZIP archive at byte ${locatorAt - END64_BYTES}`);
  }
  cursor.take(4); // versions
  const disks = [cursor.u32(), cursor.u32()];
  const counts = [cursor.u64(), cursor.u64()];
  return checkDisks(disks, counts, { size: cursor.u64(), offset: cursor.u64(), at, comment: 0 });
}

function checkDisks(
  disks: readonly number[],
  counts: readonly number[],
  { comment, ...rest }: { size: number; offset: number; at: number; comment: number },
): End {
  const [count = 0, inAll] = counts;
  if (disks.some((disk) => disk !== 0) || count !== inAll || comment !== 0) {
    throw broken("expected a ZIP archive of one part, without a comment");
  }
  return { count, ...rest };
}
