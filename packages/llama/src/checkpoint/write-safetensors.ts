import { CaaError } from "@caa/core";
import { type FileHandle, open } from "node:fs/promises";

/** Bytes of one value. */
const BYTES = { F32: 4, F16: 2, BF16: 2, U8: 1 } as const;

/** A tensor whose data will come later. */
export interface TensorSlot {
  readonly dtype: keyof typeof BYTES;
  readonly shape: readonly number[];
}

/** Bytes that a tensor of this type and shape takes. */
export function slotBytes({ dtype, shape }: TensorSlot): number {
  return shape.reduce((product, size) => product * size, BYTES[dtype]);
}

/** Bytes of the file, in the units of its end. */
interface Place {
  readonly end: number;
  next: number;
}

/** Writes a safetensors file piece by piece: its header needs only shapes. Close it in any case. */
export class SafetensorsWriter {
  readonly #file: FileHandle;
  readonly #places: ReadonlyMap<string, Place>;

  private constructor(file: FileHandle, places: ReadonlyMap<string, Place>) {
    this.#file = file;
    this.#places = places;
  }

  /** Creates the file, which must not exist, and writes its header. */
  static async create(
    path: string,
    slots: ReadonlyMap<string, TensorSlot>,
    metadata: Readonly<Record<string, string>>,
  ): Promise<SafetensorsWriter> {
    const entries: Record<string, unknown> = { __metadata__: metadata };
    const ends = new Map<string, { begin: number; end: number }>();
    // Wide types first, so that every value begins at a multiple of its size.
    const order = [...slots].sort(([, a], [, b]) => BYTES[b.dtype] - BYTES[a.dtype]);
    let size = 0;
    for (const [name, slot] of order) {
      const end = size + slotBytes(slot);
      entries[name] = { dtype: slot.dtype, shape: slot.shape, data_offsets: [size, end] };
      ends.set(name, { begin: size, end });
      size = end;
    }
    const header = headerBytes(entries);
    const places = new Map<string, Place>();
    for (const [name, { begin, end }] of ends) {
      places.set(name, { next: header.length + begin, end: header.length + end });
    }
    const file = await open(path, "wx");
    const writer = new SafetensorsWriter(file, places);
    try {
      await writeExactly(file, header, 0);
    } catch (error) {
      await writer.close();
      throw error;
    }
    return writer;
  }

  /** Writes the next values of one tensor; several tensors may grow side by side. */
  async append(name: string, values: Float32Array | Uint8Array): Promise<void> {
    const place = this.#places.get(name);
    if (place === undefined || place.next + values.byteLength > place.end) {
      throw new CaaError(
        "shape-mismatch",
        `safetensors: ${values.byteLength} more bytes for "${name}" than its shape has`,
      );
    }
    const bytes = new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    await writeExactly(this.#file, bytes, place.next);
    place.next += bytes.length;
  }

  /** Checks that every tensor is whole, and waits until the disk has the data. */
  async finish(): Promise<void> {
    for (const [name, { next, end }] of this.#places) {
      if (next !== end) {
        throw new CaaError("shape-mismatch", `safetensors: "${name}" lacks ${end - next} bytes`);
      }
    }
    await this.#file.sync();
  }

  async close(): Promise<void> {
    await this.#file.close();
  }
}

function headerBytes(entries: Readonly<Record<string, unknown>>): Uint8Array {
  const json = new TextEncoder().encode(JSON.stringify(entries));
  const length = Math.ceil(json.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20, 8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(json, 8);
  return bytes;
}

async function writeExactly(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}
