import { readF32 } from "../../floats/plain-floats.ts";
import type { LayerVectors } from "../../steering-vectors/steering-vectors.ts";
import { encodeGguf } from "./encode-gguf.ts";
import { ggufBytes } from "./gguf-file.ts";
import { readGgufHeader } from "./header.ts";
import { invalidGguf, unsupportedGguf } from "./invalid-gguf.ts";
import { optionalString } from "./metadata.ts";

/**
 * A control vector of llama.cpp. `direction.<n>` is added to the output of decoder block n, counted from 0, so n is our
 * layer; block 0 never gets one. docs/vector-format.md has the proof.
 */
export interface ControlVector {
  /** Layer to direction, (d_model). */
  readonly directions: LayerVectors;
  /** Such as `llama`: the family of the model, as far as the file tells. */
  readonly modelHint: string | null;
  /** Text under other keys that the file carries; none has a meaning for llama.cpp. */
  readonly texts: ReadonlyMap<string, string>;
}

const ARCHITECTURE = "controlvector";
const MODEL_HINT = `${ARCHITECTURE}.model_hint`;
const NAME = /^direction\.([1-9]\d{0,3})$/;

/**
 * Reads a control vector.
 * @throws {CaaError} `invalid-file`, and `unsupported` for a GGUF file of something else; all that llama.cpp refuses is
 * refused, among it `direction.0`
 */
export async function decodeControlVector(bytes: Uint8Array): Promise<ControlVector> {
  const { metadata, tensors } = await readGgufHeader(ggufBytes(bytes));
  const architecture = optionalString(metadata, "general.architecture") ?? ARCHITECTURE;
  if (architecture !== ARCHITECTURE) {
    throw unsupportedGguf(`expected a control vector, got the architecture "${architecture}"`);
  }
  const directions = new Map<number, Float32Array>();
  for (const [name, { type, shape, offset, byteLength }] of tensors) {
    const layer = NAME.exec(name)?.[1];
    if (layer === undefined) {
      throw invalidGguf(
        `tensor "${name}": expected direction.<n> with n from 1 on: llama.cpp adds none to the output of its first block, 0`,
        { tensor: name },
      );
    }
    if (type !== "F32" || shape.length !== 1) {
      throw invalidGguf(
        `tensor "${name}": expected F32 of one axis, as llama.cpp does, got ${type} [${shape.join(", ")}]`,
        { tensor: name },
      );
    }
    const values = new Float32Array(byteLength / 4);
    readF32(bytes.subarray(offset, offset + byteLength), values);
    directions.set(Number(layer), values);
  }
  const texts = new Map<string, string>();
  for (const [key, value] of metadata) {
    if (typeof value === "string" && key !== MODEL_HINT && !key.startsWith("general.")) {
      texts.set(key, value);
    }
  }
  return { directions, modelHint: optionalString(metadata, MODEL_HINT) ?? null, texts };
}

/**
 * A control vector as a GGUF file that llama.cpp and repeng read.
 * @throws {CaaError} `invalid-file` for layer 0, which the format has no place for, and `shape-mismatch`
 */
export function encodeControlVector({ directions, modelHint, texts }: ControlVector): Uint8Array {
  if (directions.has(0)) {
    throw invalidGguf("a control vector has no place for layer 0: llama.cpp never adds to it");
  }
  const metadata = new Map<string, string | number>([
    ["general.architecture", ARCHITECTURE],
    [MODEL_HINT, modelHint ?? "unknown"], // repeng insists on one
    [`${ARCHITECTURE}.layer_count`, directions.size],
    ...texts,
  ]);
  const tensors = [...directions].map(
    ([layer, data]) => [`direction.${layer}`, { shape: [data.length], data }] as const,
  );
  return encodeGguf(metadata, new Map(tensors));
}
