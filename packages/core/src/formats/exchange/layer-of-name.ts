/** What the reference's names of files tell: `vec_layer_<layer>_<model>.pt`. */
export interface ReferenceName {
  readonly layer: number;
  /** Such as `Llama-2-7b-chat-hf`. */
  readonly model: string;
}

const REFERENCE = /^vec_layer_(\d{1,4})_(.+)\.pt$/;

/** Null for a name that is not the reference's. */
export function parseReferenceName(file: string): ReferenceName | null {
  const [, layer, model] = REFERENCE.exec(file) ?? [];
  return layer === undefined || model === undefined ? null : { layer: Number(layer), model };
}

/** The name that the reference gives a layer's vector; of a hub id, the part behind the organization. */
export function referenceName(layer: number, modelId: string): string {
  return `vec_layer_${layer}_${shortModelName(modelId)}.pt`;
}

/** As the reference's files name a model: without its organization. */
export function shortModelName(modelId: string): string {
  return modelId.slice(modelId.lastIndexOf("/") + 1).replaceAll(/[^A-Za-z0-9._+-]/g, "_");
}

/**
 * The layer that a name says: the number behind `layer` or `layers`, as in `model.layers.13` and `vec_layer_13_name.pt`;
 * in names of tensors also a number that stands alone between dots, slashes, hyphens or underscores and is the only such,
 * as in `vector.13`. Null where none or several are there, and for a tensor of a negative number, which counts layers
 * from the end.
 */
export function layerOfName(name: string, kind: "file" | "tensor"): number | null {
  if (kind === "tensor" && /(?:^|[._/])-\d/.test(name)) {
    return null;
  }
  const named = [...name.matchAll(/(?:^|[^A-Za-z])layers?[._-]?(\d{1,4})(?!\d)/gi)];
  const found =
    named.length > 0 || kind === "file"
      ? named
      : [...name.matchAll(/(?<![^._/-])(\d{1,4})(?![^._/-])/g)];
  const [first] = found;
  return first?.[1] === undefined || found.length > 1 ? null : Number(first[1]);
}
