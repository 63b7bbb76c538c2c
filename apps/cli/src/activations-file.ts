import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { CaaError, type ContrastActivation } from "@caa/core";

export interface ActivationsFileOptions {
  readonly path: string;
  /** Ascending. */
  readonly layers: readonly number[];
  readonly pairs: number;
  readonly dModel: number;
  readonly metadata: Readonly<Record<string, string>>;
}

/**
 * The activations of all pairs as one safetensors file: `positive.<layer>` and `negative.<layer>`, each [pairs, d_model]
 * float32; `letters` in the metadata has two letters a pair, of the positive and the negative answer. Rows go to the disk as they come, so that memory holds one pair; the name appears when the file is whole.
 */
export class ActivationsFile implements AsyncDisposable {
  readonly #options: ActivationsFileOptions;
  readonly #temporary: string;
  readonly #handle: FileHandle;
  /** Of the first tensor, in bytes. */
  readonly #start: number;
  #rows = 0;

  private constructor(
    options: ActivationsFileOptions,
    temporary: string,
    handle: FileHandle,
    start: number,
  ) {
    this.#options = options;
    this.#temporary = temporary;
    this.#handle = handle;
    this.#start = start;
  }

  /** @throws {CaaError} io */
  static async create(options: ActivationsFileOptions): Promise<ActivationsFile> {
    const { path } = options;
    const folder = dirname(path);
    const temporary = join(folder, `.activations.${randomBytes(6).toString("hex")}.tmp`);
    try {
      await mkdir(folder, { recursive: true });
      const handle = await open(temporary, "wx");
      const header = encodeHeader(options);
      const file = new ActivationsFile(options, temporary, handle, header.length);
      try {
        await handle.writeFile(header);
      } catch (cause) {
        await file[Symbol.asyncDispose]();
        throw cause;
      }
      return file;
    } catch (cause) {
      throw ioError(path, cause);
    }
  }

  /** Writes the next row of every tensor. @throws {CaaError} io */
  async add({ positive, negative }: ContrastActivation): Promise<void> {
    const { path, layers, pairs, dModel } = this.#options;
    const row = this.#rows;
    const bytes = dModel * 4;
    try {
      for (const index of layers.keys()) {
        for (const [side, values] of [positive, negative].entries()) {
          const at = this.#start + ((index * 2 + side) * pairs + row) * bytes;
          // safetensors is little-endian, as every platform that the runtime has
          const { bytesWritten } = await this.#handle.write(
            new Uint8Array(values.buffer, values.byteOffset + index * bytes, bytes),
            0,
            bytes,
            at,
          );
          if (bytesWritten !== bytes) {
            throw new Error(`wrote ${bytesWritten} of ${bytes} bytes: the disk may be full`);
          }
        }
      }
    } catch (cause) {
      throw ioError(path, cause);
    }
    this.#rows += 1;
  }

  /** Gives the file its name. @throws {CaaError} io; shape-mismatch when rows are missing */
  async finish(): Promise<void> {
    const { path, pairs } = this.#options;
    if (this.#rows !== pairs) {
      throw new CaaError("shape-mismatch", `${path}: expected ${pairs} pairs, got ${this.#rows}`);
    }
    try {
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.#temporary, path);
    } catch (cause) {
      throw ioError(path, cause);
    }
  }

  /** Removes what has no final name. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close().catch(() => {}); // closed already after `finish`
    await rm(this.#temporary, { force: true });
  }
}

function encodeHeader({ layers, pairs, dModel, metadata }: ActivationsFileOptions): Uint8Array {
  const size = pairs * dModel * 4;
  const names = layers.flatMap((layer) => [`positive.${layer}`, `negative.${layer}`]);
  const tensors = names.map((name, index) => {
    const offsets = [index * size, (index + 1) * size];
    return [name, { dtype: "F32", shape: [pairs, dModel], data_offsets: offsets }] as const;
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(tensors) });
  const text = new TextEncoder().encode(json);
  const length = Math.ceil(text.length / 8) * 8;
  const bytes = new Uint8Array(8 + length).fill(0x20); // padded with blanks
  new DataView(bytes.buffer).setBigUint64(0, BigInt(length), true);
  bytes.set(text, 8);
  return bytes;
}

function ioError(path: string, cause: unknown): CaaError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new CaaError("io", `${path}: expected to write it, got: ${reason}`, {
    cause,
    facts: { path },
  });
}
