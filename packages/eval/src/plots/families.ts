import { CaaError } from "@caa/core";
import type { FigureGroup } from "./figures.ts";
import { sweepName } from "../results/cell-name.ts";

/** Groups that differ in one setting only, which a plot has as its lines. */
export interface Family {
  /** Names the settings that all share. */
  readonly name: string;
  readonly groups: readonly FigureGroup[];
}

/** Groups that differ in the system prompt only. */
export function bySystemPrompt(groups: readonly FigureGroup[]): readonly Family[] {
  return families(groups, ({ settings }) =>
    sweepName({ ...settings, system: null, systemPrompt: null }),
  );
}

/** Groups that differ in the model's weights only: its own, and others in their place. */
export function byWeights(groups: readonly FigureGroup[]): readonly Family[] {
  return families(groups, ({ settings }) => sweepName({ ...settings, overrideWeights: null }), {
    model: false,
  });
}

/** Groups that differ in the behavior, and so in the data set, only. */
export function acrossBehaviors(groups: readonly FigureGroup[]): readonly Family[] {
  return families(groups, ({ settings }) => sweepName({ ...settings, behavior: "all" }), {
    dataset: false,
  });
}

/** Groups of one name. Other models and items of other data sets are not to be compared, except where that is what differs. */
function families(
  groups: readonly FigureGroup[],
  nameOf: (group: FigureGroup) => string,
  same: { readonly model?: boolean; readonly dataset?: boolean } = {},
): readonly Family[] {
  const found = new Map<string, { name: string; groups: FigureGroup[] }>();
  for (const group of groups) {
    const name = nameOf(group);
    const { model, dataset } = group.cells[0]?.hashes ?? { model: "", dataset: "" };
    const key = JSON.stringify([
      name,
      same.model === false ? null : model,
      same.dataset === false ? null : dataset,
    ]);
    const family = found.get(key) ?? { name, groups: [] };
    family.groups.push(group);
    found.set(key, family);
  }
  return [...found.values()];
}

/** @throws {CaaError} empty-selection without groups */
export function firstGroup(groups: readonly FigureGroup[], what: string): FigureGroup {
  const [first] = groups;
  if (first === undefined) {
    throw new CaaError("empty-selection", `${what}: expected at least one result, got none`);
  }
  return first;
}
