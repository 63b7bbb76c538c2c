import { z } from "zod";
import { CaaError } from "../errors/caa-error.ts";
import { encodeSafetensors } from "../safetensors/encode.ts";
import {
  parseSafetensorsHeader,
  safetensorsHeaderLength,
  type SafetensorsHeader,
} from "../safetensors/header.ts";
import { STEERING_VECTORS_FORMAT, steeringVectorsMetadataSchema } from "./metadata.ts";
import { SteeringVectors } from "./steering-vectors.ts";

/** Where the metadata stands in the file, as JSON. */
const KEY = "caa";
/** More shuffles than this are not read. */
const MAX_SHUFFLES = 1_000;
const NAME = /^(?:half\.([01])\.|shuffle\.(0|[1-9]\d{0,3})\.)?layer\.(0|[1-9]\d{0,3})$/;

const versionSchema = z.object({ formatVersion: z.number() });

/**
 * The vectors as a safetensors file: tensors `layer.<n>`, `half.<0|1>.layer.<n>` and `shuffle.<k>.layer.<n>`, each
 * [d_model] float32, little-endian; what made them as JSON under the metadata key `caa`, with a few plain keys beside it.
 */
export function encodeSteeringVectors(vectors: SteeringVectors): Uint8Array {
  const { metadata } = vectors;
  const tensors = new Map(
    Array.from(
      vectors.tensors(),
      ([name, data]) => [name, { shape: [data.length], data }] as const,
    ),
  );
  return encodeSafetensors(tensors, {
    format: "caa-steering-vectors",
    behavior: metadata.behavior,
    model: metadata.modelId,
    hook_point: metadata.hookPoint,
    layers: vectors.layers.join(","),
    [KEY]: JSON.stringify(metadata),
  });
}

/**
 * Reads what `encodeSteeringVectors` wrote. The content hash is not checked here; `loadSteeringVectors` does.
 * @throws {CaaError} `invalid-file` saying what is wrong; `unsupported` for another version of the layout
 */
export function decodeSteeringVectors(bytes: Uint8Array): SteeringVectors {
  const header = readHeader(bytes);
  const metadata = parseSteeringVectorsMetadata(header.metadata[KEY]);
  const vectors = new Map<number, Float32Array>();
  const halves = [new Map<number, Float32Array>(), new Map<number, Float32Array>()] as const;
  const shuffles: Map<number, Float32Array>[] = [];
  for (const [name, { dtype, shape, offset, byteLength }] of header.tensors) {
    const [match, half, shuffle, layer] = NAME.exec(name) ?? [];
    if (match === undefined || Number(shuffle ?? 0) >= MAX_SHUFFLES) {
      throw invalid(
        `unexpected tensor "${name}"; expected layer.<n>, half.<0|1>.layer.<n>, shuffle.<k>.layer.<n>`,
      );
    }
    if (dtype !== "F32" || shape.length !== 1) {
      throw invalid(`tensor "${name}": expected F32 [d_model], got ${dtype} [${shape.join(", ")}]`);
    }
    const values = new Float32Array(byteLength / 4);
    new Uint8Array(values.buffer).set(bytes.subarray(offset, offset + byteLength));
    let part = vectors;
    if (half !== undefined) {
      part = half === "0" ? halves[0] : halves[1];
    } else if (shuffle !== undefined) {
      while (shuffles.length <= Number(shuffle)) {
        shuffles.push(new Map());
      }
      part = shuffles[Number(shuffle)] ?? vectors;
    }
    part.set(Number(layer), values);
  }
  try {
    return new SteeringVectors({
      vectors,
      halves: halves[0].size + halves[1].size === 0 ? null : halves,
      shuffles,
      metadata,
    });
  } catch (cause) {
    throw CaaError.isInstance(cause) ? invalid(cause.message, cause) : cause;
  }
}

/** Whether a safetensors file says that it is of `encodeSteeringVectors`. @throws {CaaError} `invalid-file` */
export function isSteeringVectors(bytes: Uint8Array): boolean {
  return readHeader(bytes).metadata[KEY] !== undefined;
}

function readHeader(bytes: Uint8Array): SafetensorsHeader {
  const length = safetensorsHeaderLength(bytes.subarray(0, 8), bytes.length);
  return parseSafetensorsHeader(bytes.subarray(8, 8 + length), bytes.length);
}

/** Metadata that was written as JSON. @throws {CaaError} `invalid-file`; `unsupported` for another version */
export function parseSteeringVectorsMetadata(
  text: string | undefined,
): SteeringVectors["metadata"] {
  if (text === undefined) {
    throw invalid(
      `expected metadata under the key "${KEY}", there is none: not a file of steering vectors`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw invalid(`the metadata under "${KEY}" is not JSON`, cause);
  }
  const version = versionSchema.safeParse(value);
  if (version.success && version.data.formatVersion !== STEERING_VECTORS_FORMAT) {
    throw new CaaError(
      "unsupported",
      `steering vectors: expected format version ${STEERING_VECTORS_FORMAT}, got ${version.data.formatVersion}`,
    );
  }
  const parsed = steeringVectorsMetadataSchema.safeParse(value);
  if (!parsed.success) {
    throw invalid(`metadata: ${z.prettifyError(parsed.error)}`, parsed.error);
  }
  return parsed.data;
}

function invalid(message: string, cause?: unknown): CaaError {
  return new CaaError("invalid-file", `steering vectors: ${message}`, { cause });
}
