import { type FileHandle, open } from "node:fs/promises";
import {
  CaaError,
  parseSafetensorsHeader,
  type SafetensorsEntry,
  safetensorsHeaderLength,
} from "@caa/core";
import { fileErrorReason } from "@caa/core/files";

/** Both sides of all pairs at one layer are read at once: 10,000 pairs of 16,384 values take 1.3 GB. */
const MAX_LAYER_BYTES = 2 * 2 ** 30;

/** Activations of one layer, rows in the order of the pairs, (d_model) each. */
export interface LayerActivations {
  readonly positive: readonly Float32Array[];
  readonly negative: readonly Float32Array[];
}

/** Reads files of `ActivationsFile`, a layer at a time. */
export class ActivationsReader implements AsyncDisposable {
  readonly behavior: string;
  readonly model: string;
  /** Ascending. */
  readonly layers: readonly number[];
  readonly pairs: number;
  readonly dModel: number;
  /** Of each pair's answers; null in files that do not say. */
  readonly letters: ReadonlyArray<{ readonly positive: string; readonly negative: string }> | null;
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #tensors: ReadonlyMap<string, SafetensorsEntry>;

  private constructor(path: string, handle: FileHandle, header: Uint8Array, size: number) {
    const { tensors, metadata } = parseSafetensorsHeader(header, size);
    const { behavior = "", model = "", letters } = metadata;
    if (behavior === "" || model === "") {
      throw invalid(path, "expected the names of a behavior and a model in its metadata");
    }
    const [first] = tensors.values();
    const [pairs = 0, dModel = 0] = first?.shape ?? [];
    this.#path = path;
    this.#handle = handle;
    this.#tensors = tensors;
    this.behavior = behavior;
    this.model = model;
    this.pairs = pairs;
    this.dModel = dModel;
    this.layers = layersOf(path, tensors, pairs, dModel);
    if (letters !== undefined && (!/^[A-H]+$/.test(letters) || letters.length !== 2 * pairs)) {
      throw invalid(path, `expected two letters, A to H, for each of ${pairs} pairs`);
    }
    this.letters =
      letters === undefined
        ? null
        : Array.from({ length: pairs }, (_, i) => ({
            positive: letters.charAt(2 * i),
            negative: letters.charAt(2 * i + 1),
          }));
  }

  /** @throws {CaaError} not-found, io; invalid-file for a file that is no such one */
  static async open(path: string): Promise<ActivationsReader> {
    let handle: FileHandle;
    try {
      handle = await open(path, "r");
    } catch (cause) {
      throw ioError(path, cause);
    }
    try {
      const { size } = await handle.stat();
      const length = safetensorsHeaderLength(await read(path, handle, 0, Math.min(8, size)), size);
      return new ActivationsReader(path, handle, await read(path, handle, 8, length), size);
    } catch (cause) {
      await handle.close();
      throw CaaError.isInstance(cause) && cause.code === "invalid-file"
        ? invalid(path, cause.message, cause)
        : ioError(path, cause);
    }
  }

  /** @throws {CaaError} not-found for a layer that is not there; io */
  async read(layer: number): Promise<LayerActivations> {
    return {
      positive: await this.#rows(`positive.${layer}`, layer),
      negative: await this.#rows(`negative.${layer}`, layer),
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#handle.close();
  }

  async #rows(name: string, layer: number): Promise<readonly Float32Array[]> {
    const entry = this.#tensors.get(name);
    if (entry === undefined) {
      const message = `${this.#path}: expected one of the layers ${this.layers.join(" ")}, got ${layer}`;
      throw new CaaError("not-found", message, { facts: { layer, layers: this.layers } });
    }
    const bytes = await read(this.#path, this.#handle, entry.offset, entry.byteLength);
    const values = new Float32Array(bytes.buffer); // (pairs, d_model), little-endian as the file
    return Array.from({ length: this.pairs }, (_, i) =>
      values.subarray(i * this.dModel, (i + 1) * this.dModel),
    );
  }
}

/** The layers, each with both sides of one shape. @throws {CaaError} invalid-file */
function layersOf(
  path: string,
  tensors: ReadonlyMap<string, SafetensorsEntry>,
  pairs: number,
  dModel: number,
): readonly number[] {
  const layers = new Set<number>();
  for (const [name, { dtype, shape, byteLength }] of tensors) {
    const layer = /^(?:positive|negative)\.(\d{1,4})$/.exec(name)?.[1];
    if (layer === undefined || dtype !== "F32" || shape.length !== 2) {
      throw invalid(path, `expected float32 tensors positive.N and negative.N, got ${name}`);
    }
    if (shape[0] !== pairs || shape[1] !== dModel || pairs === 0 || dModel === 0) {
      throw invalid(path, `${name}: expected [${pairs}, ${dModel}] as the first, got [${shape}]`);
    }
    if (2 * byteLength > MAX_LAYER_BYTES) {
      throw invalid(path, `${name}: expected at most ${MAX_LAYER_BYTES / 2} bytes`);
    }
    layers.add(Number(layer));
  }
  if (layers.size === 0 || tensors.size !== 2 * layers.size) {
    throw invalid(path, `expected both sides of at least one layer, got ${tensors.size} tensors`);
  }
  return [...layers].sort((a, b) => a - b);
}

async function read(
  path: string,
  handle: FileHandle,
  offset: number,
  length: number,
): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(length);
  let at = 0;
  while (at < length) {
    const { bytesRead } = await handle.read(bytes, at, length - at, offset + at);
    if (bytesRead === 0) {
      throw invalid(path, `expected ${length} bytes from ${offset} on, got ${at}`);
    }
    at += bytesRead;
  }
  return bytes;
}

function invalid(path: string, message: string, cause?: unknown): CaaError {
  return new CaaError("invalid-file", `${path}: activations: ${message}`, {
    cause,
    facts: { path },
  });
}

function ioError(path: string, cause: unknown): CaaError {
  const missing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
  return new CaaError(
    missing ? "not-found" : "io",
    `${path}: expected to read it, got: ${fileErrorReason(cause)}`,
    { cause, facts: { path } },
  );
}
