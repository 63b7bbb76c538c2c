import { CaaError } from "../../errors/caa-error.ts";
import type { GgufFile } from "./gguf-file.ts";
import { invalidGguf } from "./invalid-gguf.ts";
import { MAX_HEADER_BYTES, MAX_STRING_BYTES } from "./limits.ts";

const WINDOW_BYTES = 1024 * 1024;

/** Little-endian values one after the other from the start of a file, of which only a window is held in memory. */
export class WindowReader {
  readonly fileSize: number;
  readonly #file: GgufFile;
  #window: Uint8Array<ArrayBuffer> = new Uint8Array();
  #view: DataView = new DataView(this.#window.buffer);
  /** Where the window begins in the file, and the next byte to read in the window. */
  #start = 0;
  #at = 0;

  constructor(file: GgufFile, fileSize: number) {
    this.#file = file;
    this.fileSize = fileSize;
  }

  /** Bytes from the start of the file to the next value. */
  get position(): number {
    return this.#start + this.#at;
  }

  /** Bytes that can be read without waiting. */
  get available(): number {
    return this.#window.length - this.#at;
  }

  /**
   * Makes the next `bytes` readable.
   * @throws {CaaError} `invalid-file` when the file ends before them
   */
  async need(bytes: number, what: string): Promise<void> {
    if (bytes <= this.available) {
      return;
    }
    const start = this.position;
    if (start + bytes > this.fileSize) {
      throw invalidGguf(
        `${what} at byte ${start} takes ${bytes} bytes, the file ends at ${this.fileSize}: it is cut off`,
      );
    }
    if (start + bytes > MAX_HEADER_BYTES) {
      throw invalidGguf(
        `the header goes on at byte ${start}, at most ${MAX_HEADER_BYTES} are read`,
      );
    }
    const length = Math.min(Math.max(bytes, WINDOW_BYTES), this.fileSize - start);
    this.#window = await readExactly(this.#file, start, length);
    this.#view = new DataView(this.#window.buffer);
    this.#start = start;
    this.#at = 0;
  }

  uint8(): number {
    return this.#view.getUint8(this.#advance(1));
  }
  int8(): number {
    return this.#view.getInt8(this.#advance(1));
  }
  uint16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }
  int16(): number {
    return this.#view.getInt16(this.#advance(2), true);
  }
  uint32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }
  int32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }
  uint64(): bigint {
    return this.#view.getBigUint64(this.#advance(8), true);
  }
  int64(): bigint {
    return this.#view.getBigInt64(this.#advance(8), true);
  }
  float32(): number {
    return this.#view.getFloat32(this.#advance(4), true);
  }
  float64(): number {
    return this.#view.getFloat64(this.#advance(8), true);
  }

  /** A length, then so many bytes of UTF-8. */
  async string(what: string, maxBytes: number = MAX_STRING_BYTES): Promise<string> {
    await this.need(8, what);
    const length = this.count(what, maxBytes, 1, "bytes");
    await this.need(length, what);
    const at = this.#advance(length);
    try {
      return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(
        this.#window.subarray(at, at + length),
      );
    } catch (cause) {
      throw new CaaError("invalid-file", `GGUF: ${what} is not text in UTF-8`, { cause });
    }
  }

  /** An unsigned 64-bit count of things, each at least `minBytes` long; it must be within `max` and within the file. */
  count(what: string, max: number, minBytes: number, unit: string): number {
    const value = this.uint64();
    if (value > BigInt(max)) {
      throw invalidGguf(`${what} has ${value} ${unit}, at most ${max} are read`);
    }
    const count = Number(value);
    if (this.position + count * minBytes > this.fileSize) {
      throw invalidGguf(
        `${what} has ${count} ${unit}, more than the file holds: it is cut off or lies`,
      );
    }
    return count;
  }

  #advance(bytes: number): number {
    const at = this.#at;
    this.#at += bytes;
    return at;
  }
}

/**
 * Exactly `length` bytes from `position` on.
 * @throws {CaaError} `invalid-file` when the file ends before, `io` when it cannot be read
 */
export async function readExactly(
  file: GgufFile,
  position: number,
  length: number,
  buffer: Uint8Array<ArrayBuffer> = new Uint8Array(length),
): Promise<Uint8Array<ArrayBuffer>> {
  let done = 0;
  while (done < length) {
    let bytesRead: number;
    try {
      ({ bytesRead } = await file.read(buffer, done, length - done, position + done));
    } catch (cause) {
      throw new CaaError("io", `GGUF: bytes ${position} to ${position + length} cannot be read`, {
        cause,
      });
    }
    if (bytesRead === 0) {
      throw invalidGguf(
        `bytes ${position} to ${position + length} were expected, the file ends at ${position + done}`,
      );
    }
    done += bytesRead;
  }
  return buffer;
}
