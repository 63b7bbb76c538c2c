import { CaaError } from "@caa/core";
import type { CosineGrid } from "../analysis/cosine-grid.ts";
import { behaviorSimilarity, layerSimilarity, modelSimilarity } from "../analysis/similarity.ts";
import { formatCsv } from "./csv.ts";
import { plotFileName } from "./file-name.ts";
import { type HeatMapPanel, heatMapSpec } from "./heat-map.ts";
import { formatLatex } from "./latex.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import { clip } from "./titles.ts";
import { type NamedVectors, vectorsSubtitle } from "./vectors-subtitle.ts";

/** Heat map of the cosines between all layers of one file. */
export async function plotLayerSimilarity({ model, vectors }: NamedVectors): Promise<Plot> {
  const grid = layerSimilarity(vectors);
  const { behavior } = vectors;
  return {
    name: plotFileName("layer-similarity", { behavior, model }),
    svg: await renderSvg(
      heatMapSpec({
        title: {
          text: clip(`${behavior}: cosine between the vectors of two layers`),
          subtitle: vectorsSubtitle([{ model, vectors }]),
        },
        panels: [{ name: behavior, grid }],
        rowTitle: "layer",
        columnTitle: "layer",
        across: 1,
      }),
    ),
    csv: gridCsv(["behavior", "model", "layer", "other_layer"], [[[behavior, model], grid]]),
  };
}

/**
 * Heat maps of the cosines between behaviors, one for each layer of one model; `layer` draws that one alone, with its
 * values.
 * @throws {CaaError} empty-selection for less than two behaviors at every layer; not-found for a layer that no file has;
 *   incompatible-vector when the files are not of one model
 */
export async function plotBehaviorSimilarity(
  files: readonly NamedVectors[],
  options: { readonly layer?: number } = {},
): Promise<Plot> {
  const model = files[0]?.model ?? "";
  const sets = files.map(({ vectors }) => vectors);
  const all = [...new Set(sets.flatMap(({ layers }) => layers))].sort((a, b) => a - b);
  const layers = options.layer === undefined ? all : [options.layer];
  const grids = layers
    .map((layer) => ({ layer, grid: behaviorSimilarity(sets, layer) }))
    .filter(({ grid }) => grid.rows.length > 1);
  if (grids.length === 0) {
    const message = `plotBehaviorSimilarity: expected two behaviors or more at ${options.layer === undefined ? "a layer" : `layer ${options.layer}`}, got fewer; ${model} has layers ${all.join(" ")}`;
    const code = layers.some((layer) => all.includes(layer)) ? "empty-selection" : "not-found";
    throw new CaaError(code, message, { facts: { model, layers: all } });
  }
  const which = options.layer === undefined ? "per layer" : `layer ${options.layer}`;
  return {
    name: plotFileName("behavior-similarity", {
      ...(options.layer === undefined ? {} : { layer: String(options.layer) }),
      model,
    }),
    svg: await renderSvg(
      heatMapSpec({
        title: {
          text: clip(`Cosine between the vectors of two behaviors, ${which}`),
          subtitle: vectorsSubtitle(files),
        },
        panels: grids.map(({ layer, grid }) => ({ name: `layer ${layer}`, grid })),
        rowTitle: "behavior",
        columnTitle: "behavior",
        across: 6,
      }),
    ),
    csv: gridCsv(
      ["model", "layer", "behavior", "other_behavior"],
      grids.map(({ layer, grid }) => [[model, String(layer)], grid] as const),
    ),
    ...(options.layer === undefined ? {} : { latex: gridLatex(grids[0]?.grid) }),
  };
}

/**
 * Heat maps of the cosines between the layers of two models, one for each behavior that both have.
 * @param pairs files of one behavior each, the first model's before the second's
 * @throws {CaaError} empty-selection without a pair; shape-mismatch when the models' hidden states differ in size
 */
export async function plotModelSimilarity(
  pairs: ReadonlyArray<readonly [NamedVectors, NamedVectors]>,
): Promise<Plot> {
  const [first] = pairs;
  if (first === undefined) {
    const message = "plotModelSimilarity: expected a behavior that both models have, got none";
    throw new CaaError("empty-selection", message);
  }
  const [{ model }, { model: other }] = first;
  const panels: HeatMapPanel[] = pairs.map(([a, b]) => ({
    name: a.vectors.behavior,
    grid: modelSimilarity(a.vectors, b.vectors),
  }));
  return {
    name: plotFileName("model-similarity", { model, other }),
    svg: await renderSvg(
      heatMapSpec({
        title: {
          text: "Cosine between the vectors of two models, layer by layer",
          subtitle: [
            clip(`rows: ${model}; columns: ${other}`),
            ...vectorsSubtitle(pairs.flat()).slice(1),
          ],
        },
        panels,
        rowTitle: `layer of ${clip(model)}`,
        columnTitle: `layer of ${clip(other)}`,
        across: 3,
      }),
    ),
    csv: gridCsv(
      ["behavior", "model", "other_model", "layer", "other_layer"],
      panels.map(({ name, grid }) => [[name, model, other], grid] as const),
    ),
  };
}

function gridLatex(grid: CosineGrid | undefined): string {
  const { rows = [], columns = [], values = [] } = grid ?? {};
  return formatLatex([
    ["", ...columns.map(String)],
    ...rows.map((row, i) => [
      String(row),
      ...columns.map((_, j) => values[i * columns.length + j]?.toFixed(2) ?? ""),
    ]),
  ]);
}

function gridCsv(
  columns: readonly string[],
  grids: ReadonlyArray<readonly [keys: readonly string[], grid: CosineGrid]>,
): string {
  const rows = grids.flatMap(([keys, grid]) =>
    grid.rows.flatMap((row, i) =>
      grid.columns.map((column, j) => {
        const value = grid.values[i * grid.columns.length + j] ?? null;
        return [...keys, String(row), String(column), value === null ? "" : String(value)];
      }),
    ),
  );
  return formatCsv([[...columns, "cosine"], ...rows]);
}
