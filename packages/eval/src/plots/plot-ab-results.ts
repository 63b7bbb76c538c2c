import { CaaError } from "@caa/core";
import type { ChoiceCell } from "../results/choice-cell.ts";
import { toCsv } from "./csv.ts";
import { steepest } from "./against-multiplier.ts";
import { distinct, type FigureGroup, groupCells } from "./figures.ts";
import { renderSvg } from "./render.ts";
import type { ResultPlotsOptions } from "./result-plots-options.ts";
import { layersSpec, multipliersSpec } from "./specs.ts";

/** A picture and the figures in it. */
export interface Plot {
  /** A name for files, without extension, that no other plot of the call has. */
  readonly name: string;
  readonly svg: string;
  readonly csv: string;
  /** The main figures as a table, the first row its head, where they fit into one. */
  readonly table?: ReadonlyArray<readonly string[]>;
  /** The table that goes into a paper, where the figures fit into one. */
  readonly latex?: string;
}

export interface PlotAbOptions {
  /** Of the plot against the multiplier. @default the layer where p(matching) changes most from the lowest multiplier to the highest */
  readonly layer?: number;
  /** Which of the two. @default both */
  readonly kinds?: ReadonlyArray<"layers" | "multipliers">;
}

/**
 * Two plots for each behavior, model and kind of vectors in the cells of tests with two lettered answers: p(matching) per
 * layer, a line for each multiplier, and p(matching) against the multiplier at one layer; each with bands and with the letter mass below.
 * @throws {CaaError} empty-selection without cells, not-found when a layer was not measured
 */
export async function plotAbResults(
  cells: readonly ChoiceCell[],
  options: PlotAbOptions = {},
): Promise<readonly Plot[]> {
  const { kinds = ["layers", "multipliers"] } = options;
  if (cells.length === 0) {
    throw new CaaError("empty-selection", "plotAbResults: expected at least one cell, got none");
  }
  const plots: Plot[] = [];
  const seen = new Map<string, number>();
  for (const group of groupCells(cells)) {
    // Groups with the same settings differ in the hash of the model or of the data set.
    const same = seen.get(group.name) ?? 0;
    seen.set(group.name, same + 1);
    const named = same === 0 ? group : { ...group, name: `${group.name}_${same + 1}` };
    const layer = checkLayer(group, options.layer ?? steepestLayer(group));
    if (kinds.includes("layers")) {
      plots.push(await plotLayers(named));
    }
    if (kinds.includes("multipliers")) {
      plots.push(await plotMultipliers(named, { layer }));
    }
  }
  return plots;
}

/** The score per layer, a line with its band for each multiplier. */
export async function plotLayers(
  group: FigureGroup,
  { title }: ResultPlotsOptions = {},
): Promise<Plot> {
  return {
    name: `layers_${group.name}`,
    svg: await renderSvg(layersSpec(group, title)),
    csv: toCsv(group, group.figures),
  };
}

/** The score against the multiplier at one layer. @throws {CaaError} not-found when it was not measured */
export async function plotMultipliers(
  group: FigureGroup,
  { layer = steepestLayer(group), title }: ResultPlotsOptions = {},
): Promise<Plot> {
  checkLayer(group, layer);
  return {
    name: `multipliers_layer=${layer}_${group.name}`,
    svg: await renderSvg(multipliersSpec(group, layer, title)),
    csv: toCsv(
      group,
      group.figures.filter((figure) => figure.layer === layer),
    ),
  };
}

function checkLayer(group: FigureGroup, layer: number): number {
  const layers = distinct(group.figures.map((figure) => figure.layer));
  if (!layers.includes(layer)) {
    const message = `plotAbResults: expected a measured layer, got ${layer}; ${group.behavior} on ${group.model} has ${layers.join(" ")}`;
    throw new CaaError("not-found", message, { facts: { layer, layers } });
  }
  return layer;
}

/** The layer where the score changes most from the lowest multiplier to the highest. */
export function steepestLayer(group: FigureGroup): number {
  const figures = group.figures.map((figure) => ({
    ...figure,
    score: figure.pMatching,
    letterMass: null,
  }));
  return steepest([{ figures }]);
}
