import { CaaError } from "../../errors/caa-error.ts";
import { hashSteeringVectors } from "../../files/steering-vectors.ts";
import { encodeSteeringVectors } from "../../steering-vectors/encode.ts";
import { SteeringVectors } from "../../steering-vectors/steering-vectors.ts";
import { encodeControlVector } from "../gguf/control-vector.ts";
import { encodeTorch } from "../torch/encode-torch.ts";
import { referenceName, shortModelName } from "./layer-of-name.ts";
import type { NamedBytes } from "./named-bytes.ts";
import { GGUF_METADATA_KEY, type VectorFormat } from "./read-foreign.ts";

export interface ExportVectorsOptions {
  readonly format: VectorFormat;
  /** @default all that the format has a place for */
  readonly layers?: readonly number[] | undefined;
}

export interface ExportedVectors {
  readonly files: readonly NamedBytes[];
  /** What the format has no place for, in words. */
  readonly left: readonly string[];
}

/**
 * Vectors as files of another format, numbers as they are:
 * - `torch`: one file a layer, named as the reference does, `vec_layer_<layer>_<model>.pt`; numbers alone
 * - `gguf`: a control vector of llama.cpp with our metadata beside it; layer 0 has no place in it
 * - `safetensors`: our own file, of these layers
 * @throws {CaaError} `not-found` for a layer that is not there; `unsupported` for layer 0 as a control vector, where it
 * was asked for or is the only one
 */
export function exportVectors(
  vectors: SteeringVectors,
  { format, layers: asked }: ExportVectorsOptions,
): ExportedVectors {
  const left: string[] = [];
  let layers = asked ?? vectors.layers;
  if (format === "gguf" && layers.includes(0)) {
    if (asked !== undefined || layers.length === 1) {
      const message =
        "layer 0: expected layers from 1 on for a control vector, since llama.cpp adds none to the output of block 0, got layer 0";
      throw new CaaError("unsupported", message, { facts: { layers } });
    }
    left.push("layer 0, to which llama.cpp adds nothing");
    layers = layers.filter((layer) => layer !== 0);
  }
  const { halves, shuffles, metadata } = vectors;
  if (format !== "safetensors" && (halves !== null || shuffles.length > 0)) {
    left.push("the vectors of halves and of label shuffles");
  }
  const model = shortModelName(metadata.modelId);
  const chosen = new Map(layers.map((layer) => [layer, vectors.vector(layer)]));
  if (format === "torch") {
    left.push("all metadata but layer and model, which are in the names");
    const files = [...chosen].map(([layer, values]) => ({
      name: referenceName(layer, metadata.modelId),
      bytes: encodeTorch(values),
    }));
    return { files, left };
  }
  const pick = (part: ReadonlyMap<number, Float32Array>): ReadonlyMap<number, Float32Array> =>
    new Map([...part].filter(([layer]) => chosen.has(layer)));
  const parts =
    format === "gguf"
      ? {}
      : {
          halves: halves && ([pick(halves[0]), pick(halves[1])] as const),
          shuffles: shuffles.map(pick),
        };
  const unhashed = new SteeringVectors({ vectors: chosen, metadata, ...parts });
  const part = unhashed.withContentHash(hashSteeringVectors(unhashed));
  const bytes =
    format === "gguf"
      ? encodeControlVector({
          directions: chosen,
          modelHint: familyOf(metadata.architecture),
          texts: new Map([[GGUF_METADATA_KEY, JSON.stringify(part.metadata)]]),
        })
      : encodeSteeringVectors(part);
  return { files: [{ name: `${model}.${format}`, bytes }], left };
}

/** As Hugging Face's `model_type`, which repeng writes too: `LlamaForCausalLM` is of `llama`. */
function familyOf(architecture: string | null): string | null {
  return architecture?.replace(/ForCausalLM$/, "").toLowerCase() ?? null;
}
