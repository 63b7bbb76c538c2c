import { broken } from "./refuse.ts";

/** Reads numbers and runs of bytes one after the other, little-endian; past the end it refuses. */
export class ByteCursor {
  readonly #bytes: Uint8Array;
  readonly #view: DataView;
  /** Where the next read begins. */
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.at = at;
  }

  /** A view, not a copy. */
  take(length: number): Uint8Array {
    const begin = this.#advance(length);
    return this.#bytes.subarray(begin, this.at);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  u64(): number {
    const value = this.#view.getBigUint64(this.#advance(8), true);
    if (value > BigInt(Number.MAX_SAFE_INTEGER)) {
      throw broken(`expected a size or a place below 2^53, got ${value}`);
    }
    return Number(value);
  }

  /** The one number that pickles keep big-endian. */
  f64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** Up to the next line feed, which is passed over; the line may have `limit` bytes. */
  line(limit: number): Uint8Array {
    const end = this.#bytes.subarray(this.at, this.at + limit + 1).indexOf(0x0a);
    if (end < 0) {
      throw broken(`expected a line of at most ${limit} bytes at byte ${this.at}`);
    }
    const line = this.take(end);
    this.at += 1;
    return line;
  }

  #advance(length: number): number {
    const begin = this.at;
    if (begin < 0 || length > this.#bytes.length - begin) {
      throw broken(
        `it is cut off: expected ${length} bytes at byte ${begin}, it has ${this.#bytes.length}`,
      );
    }
    this.at = begin + length;
    return begin;
  }
}

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** @throws {CaaError} invalid-file for bytes that are not UTF-8 */
export function decodeText(bytes: Uint8Array, what: string): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw broken(`${what} is not UTF-8`);
  }
}
