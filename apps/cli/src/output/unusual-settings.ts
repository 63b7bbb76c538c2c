import type { Cell } from "@caa/eval";

/** What sets a cell apart from the usual ones, a phrase a setting. */
export function unusualSettings(settings: Cell["settings"]): readonly string[] {
  return [
    ...(settings.overrideWeights === null ? [] : [`weights of ${settings.overrideWeights}`]),
    ...(settings.overrideVector === null ? [] : [`vector of layer ${settings.overrideVector}`]),
    ...(settings.overrideVectorModel === null
      ? []
      : [`vectors of ${settings.overrideVectorModel}`]),
    ...(settings.systemPrompt !== null
      ? [`system prompt ${settings.systemPrompt}`]
      : settings.system === null
        ? []
        : ["a system prompt"]),
    ...(settings.positions === "marker" ? [] : [`positions ${settings.positions}`]),
    ...(settings.operation === "add" ? [] : [settings.operation]),
    ...(settings.limit === null ? [] : [`first ${settings.limit}`]),
  ];
}
