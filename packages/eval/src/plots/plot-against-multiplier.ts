import { CaaError } from "@caa/core";
import { plotAgainstMultiplier, type ScoreLine, type ScoreScale } from "./against-multiplier.ts";
import { type Family, firstGroup } from "./families.ts";
import { detailsOf, type FigureGroup, scoreName } from "./figures.ts";
import type { Plot } from "./plot-ab-results.ts";
import type { ResultPlotsOptions } from "./result-plots-options.ts";

/**
 * The score against the multiplier at one layer, a line with its band for each system prompt.
 * @param family groups that differ in the system prompt, at least one with one
 * @throws {CaaError} not-found when the layer was not measured; empty-selection without a system prompt
 */
export async function plotSystemPrompts(
  family: Family,
  options: ResultPlotsOptions = {},
): Promise<Plot> {
  const { behavior, settings } = firstGroup(family.groups, "plotSystemPrompts");
  if (family.groups.every((group) => group.settings.system === null)) {
    const message = `plotSystemPrompts: expected results with a system prompt, got none; caa eval --system-prompt makes them`;
    throw new CaaError("empty-selection", message);
  }
  const scale = probability(settings.type);
  return await plotAgainstMultiplier(family.groups.map(lineOf), {
    name: (at) => `system-prompts_layer=${at}_${family.name}`,
    heading: (at) => `${behavior}: ${scale.name} against the multiplier, layer ${at}`,
    details: detailsOf({ ...settings, system: null, systemPrompt: null }),
    scale,
    ...options,
    by: "system prompt",
  });
}

/**
 * The score against the multiplier at one layer, a line with its band for each behavior.
 * @throws {CaaError} not-found when the layer was not measured; empty-selection without groups
 */
export async function plotBehaviorsAtLayer(
  family: Family,
  options: ResultPlotsOptions = {},
): Promise<Plot> {
  const { settings, details } = firstGroup(family.groups, "plotBehaviorsAtLayer");
  const scale = probability(settings.type);
  return await plotAgainstMultiplier(family.groups.map(lineOf), {
    name: (at) => `behaviors_layer=${at}_${family.name}`,
    heading: (at) => `${scale.name} against the multiplier, layer ${at}`,
    details,
    scale,
    ...options,
    by: "behavior",
  });
}

/**
 * The score against the multiplier at one layer, a line with its band for each form of the model's weights.
 * @param lines of the family, as `comparableForms` gives them
 * @throws {CaaError} not-found where no two forms were measured at the layer; incompatible-vector where different vectors
 *   steered them
 */
export async function plotWeights(
  family: Family,
  lines: readonly ScoreLine[],
  options: ResultPlotsOptions = {},
): Promise<Plot> {
  const { behavior, settings } = firstGroup(family.groups, "plotWeights");
  const scale = probability(settings.type);
  const what = settings.type === "ab" ? scale.name : `${settings.type}, ${scale.name}`;
  return await plotAgainstMultiplier(lines, {
    name: (at) => `fine-tuning_layer=${at}_${family.name}`,
    heading: (at) => `${behavior}: ${what} with and without fine-tuning, layer ${at}`,
    details: detailsOf({ ...settings, overrideWeights: null }),
    scale,
    ...options,
    by: "weights",
  });
}

/** The figures of a group as those of a line. */
export function lineOf({ settings, modelHash, confidence, figures }: FigureGroup): ScoreLine {
  return {
    settings,
    modelHash,
    confidence,
    figures: figures.map(({ pMatching, letterMass, ...figure }) => ({
      ...figure,
      score: pMatching,
      letterMass: letterMass.mean,
    })),
  };
}

function probability(type: FigureGroup["settings"]["type"]): ScoreScale {
  return { name: scoreName(type), domain: [0, 1], labels: [0, 0.25, 0.5, 0.75, 1] };
}
