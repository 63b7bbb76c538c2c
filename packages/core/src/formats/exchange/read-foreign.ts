import { CaaError } from "../../errors/caa-error.ts";
import { checkContentHash } from "../../files/steering-vectors.ts";
import {
  decodeSteeringVectors,
  isSteeringVectors,
  parseSteeringVectorsMetadata,
} from "../../steering-vectors/encode.ts";
import { SteeringVectors } from "../../steering-vectors/steering-vectors.ts";
import { decodeControlVector } from "../gguf/control-vector.ts";
import { decodeTorch } from "../torch/decode-torch.ts";
import { decodeForeignSafetensors } from "./foreign-tensors.ts";
import { type LayersOfTensors, layersOfTensors } from "./layers-of-tensors.ts";
import type { NamedBytes } from "./named-bytes.ts";

export type VectorFormat = "torch" | "gguf" | "safetensors";

/** What files of vectors hold: ours, with what made them, or those of others, of which little is known. */
export type ReadVectors =
  | { readonly own: SteeringVectors }
  | (LayersOfTensors & {
      readonly own: null;
      readonly format: VectorFormat;
      readonly modelHint: string | null;
    });

/** Where our metadata stands in a GGUF file, as JSON. */
export const GGUF_METADATA_KEY = "caa.metadata";

/**
 * Reads files that together are the vectors of one behavior: several of PyTorch's or safetensors of others, or one of any
 * format. They are told by what is in them, not by their names.
 * @throws {CaaError} naming the file; as `layersOfTensors` and the decoders
 */
export async function readForeign(
  files: readonly NamedBytes[],
  layer?: number,
): Promise<ReadVectors> {
  const [first, ...others] = files;
  if (first === undefined) {
    throw new CaaError("empty-selection", "import: expected a file of vectors, got none");
  }
  const format = formatOf(first);
  const stranger = others.find((file) => formatOf(file) !== format);
  if (stranger !== undefined) {
    const message = `${stranger.name}: expected the format of ${first.name}, ${format}, got ${formatOf(stranger)}`;
    throw new CaaError("invalid-argument", message);
  }
  const isOwn = await named(
    first,
    async () => format === "safetensors" && isSteeringVectors(first.bytes),
  );
  if (format === "gguf" || isOwn) {
    if (others.length > 0) {
      const message = `${first.name}: expected it alone, since it holds all layers, got ${others.length} more files`;
      throw new CaaError("invalid-argument", message);
    }
    return await named(first, async () =>
      isOwn
        ? { own: checkContentHash(decodeSteeringVectors(first.bytes)) }
        : await readControlVector(first, layer),
    );
  }
  const tensors = [];
  for (const file of files) {
    const decode = format === "torch" ? decodeTorch : decodeForeignSafetensors;
    const decoded = await named(file, async () => decode(file.bytes));
    tensors.push(...decoded.map((tensor) => ({ ...tensor, file: file.name })));
  }
  return { own: null, format, modelHint: null, ...layersOfTensors(tensors, layer) };
}

function formatOf({ name, bytes }: NamedBytes): VectorFormat {
  const magic = new TextDecoder("latin1").decode(bytes.subarray(0, 4));
  if (magic === "GGUF") {
    return "gguf";
  }
  // A safetensors file begins with the length of its header, then the header's brace.
  return name.endsWith(".safetensors") || bytes[8] === 0x7b ? "safetensors" : "torch";
}

async function readControlVector(
  { name: file, bytes }: NamedBytes,
  layer: number | undefined,
): Promise<ReadVectors> {
  const { directions, modelHint, texts } = await decodeControlVector(bytes);
  const json = texts.get(GGUF_METADATA_KEY);
  if (json !== undefined) {
    const metadata = parseSteeringVectorsMetadata(json);
    return { own: checkContentHash(new SteeringVectors({ vectors: directions, metadata })) };
  }
  const tensors = [...directions].map(([at, values]) => ({
    file,
    name: `direction.${at}`,
    dtype: "float32" as const,
    shape: [values.length],
    values,
  }));
  return { own: null, format: "gguf", modelHint, ...layersOfTensors(tensors, layer) };
}

async function named<T>({ name }: NamedBytes, read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    throw CaaError.isInstance(cause)
      ? new CaaError(cause.code, `${name}: ${cause.message}`, {
          cause,
          facts: { ...cause.facts, file: name },
        })
      : cause;
  }
}
