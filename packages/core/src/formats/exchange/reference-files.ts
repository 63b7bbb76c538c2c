import { CaaError } from "../../errors/caa-error.ts";
import { parseReferenceName } from "./layer-of-name.ts";

/**
 * Of the files of one folder, those of one model: the reference keeps `vec_layer_<layer>_<model>.pt` of several models
 * side by side. Other names are of one model, whatever it is.
 * @param model as the names have it; upper and lower case are one
 * @returns them, with the model that they are named for; null where names do not say it
 * @throws {CaaError} `not-found` where there are files of several models and none of this one, naming them
 */
export function filesOfModel(
  names: readonly string[],
  model: string | undefined,
): { readonly names: readonly string[]; readonly model: string | null } {
  const models = [...new Set(names.map((name) => parseReferenceName(name)?.model ?? null))].sort();
  const found = models.find(
    (other) => other !== null && other.toLowerCase() === model?.toLowerCase(),
  );
  const [only = null] = models;
  if (found === undefined && models.length > 1) {
    const message = `expected files of ${model ?? "one model"}, got some of ${models.map((other) => other ?? "other names").join(", ")}`;
    throw new CaaError("not-found", message, { facts: { models, model } });
  }
  const named = found ?? only;
  return {
    names: names.filter((name) => (parseReferenceName(name)?.model ?? null) === named),
    model: named,
  };
}
