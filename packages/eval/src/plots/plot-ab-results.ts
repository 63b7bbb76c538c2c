import { CaaError } from "@caa/core";
import type { AbCell } from "../results/choice-cell.ts";
import { toCsv } from "./csv.ts";
import { distinct, type Figure, type FigureGroup, groupCells } from "./figures.ts";
import { renderSvg } from "./render.ts";
import { layersSpec, multipliersSpec } from "./specs.ts";

/** A picture and the figures in it. */
export interface Plot {
  /** A name for files, without extension, that no other plot of the call has. */
  readonly name: string;
  readonly svg: string;
  readonly csv: string;
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
 * Two plots for each behavior, model and kind of vectors in the cells: p(matching) per layer, a line for each
 * multiplier, and p(matching) against the multiplier at one layer; each with bands and with the letter mass below.
 * @throws {CaaError} empty-selection without cells, not-found when a layer was not measured
 */
export async function plotAbResults(
  cells: readonly AbCell[],
  options: PlotAbOptions = {},
): Promise<readonly Plot[]> {
  const { kinds = ["layers", "multipliers"] } = options;
  if (cells.length === 0) {
    throw new CaaError("empty-selection", "plotAbResults: expected at least one cell, got none");
  }
  const plots: Plot[] = [];
  const seen = new Map<string, number>();
  for (const group of groupCells(cells)) {
    const layer = options.layer ?? steepestLayer(group);
    const atLayer = group.figures.filter((figure) => figure.layer === layer);
    if (atLayer.length === 0) {
      const layers = distinct(group.figures.map((figure) => figure.layer));
      const message = `plotAbResults: expected a measured layer, got ${layer}; ${group.behavior} on ${group.model} has ${layers.join(" ")}`;
      throw new CaaError("not-found", message, { facts: { layer, layers } });
    }
    // Groups with the same settings differ in the hash of the model or of the data set.
    const same = seen.get(group.name) ?? 0;
    seen.set(group.name, same + 1);
    const name = same === 0 ? group.name : `${group.name}_${same + 1}`;
    if (kinds.includes("layers")) {
      plots.push({
        name: `layers_${name}`,
        svg: await renderSvg(layersSpec(group)),
        csv: toCsv(group, group.figures),
      });
    }
    if (kinds.includes("multipliers")) {
      plots.push({
        name: `multipliers_layer=${layer}_${name}`,
        svg: await renderSvg(multipliersSpec(group, layer)),
        csv: toCsv(group, atLayer),
      });
    }
  }
  return plots;
}

function steepestLayer(group: FigureGroup): number {
  const changes = distinct(group.figures.map((figure) => figure.layer)).map((layer) => {
    const figures = group.figures.filter((figure) => figure.layer === layer); // ascending multipliers
    return { layer, change: Math.abs((meanOf(figures.at(-1)) ?? 0) - (meanOf(figures[0]) ?? 0)) };
  });
  return changes.reduce(
    (best, next) => (next.change > best.change ? next : best),
    changes[0] ?? { layer: 0, change: 0 },
  ).layer;
}

function meanOf(figure: Figure | undefined): number | undefined {
  return figure?.pMatching?.mean;
}
