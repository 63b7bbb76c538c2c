import { type Compatibility, type SteeringVectors, UNKNOWN_MODEL_HASH } from "@caa/core";

/** How well vectors fit a model, in words; empty where they were made on that very model. */
export function compatibilityWords(
  compatibility: Compatibility,
  { dModel, metadata }: SteeringVectors,
): string {
  if (compatibility === "exact") {
    return "";
  }
  const { architecture, layerCount, modelHash, modelId } = metadata;
  const made =
    modelHash === UNKNOWN_MODEL_HASH
      ? "not known to be made on this very model"
      : `made on another model, ${modelId}`;
  const fit =
    compatibility === "size"
      ? `by size alone (${dModel} values a layer)`
      : `by architecture (${architecture ?? ""}, ${layerCount ?? ""} layers, ${dModel} values a layer)`;
  return `${made}, they fit ${fit}`;
}
