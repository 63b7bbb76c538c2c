import { CaaError, type SteeringVectors } from "@caa/core";
import type { CosineGrid } from "../analysis/cosine-grid.ts";
import { type LayerReliability, mostReliableLayer, reliability } from "../analysis/reliability.ts";
import { behaviorSimilarity, layerSimilarity, modelSimilarity } from "../analysis/similarity.ts";
import { vectorsPca, type VectorsPcaOptions } from "../analysis/vectors-pca.ts";
import { type ChanceLinePoint, chanceLinesSpec } from "./chance-lines.ts";
import { formatCsv } from "./csv.ts";
import { plotFileName } from "./file-name.ts";
import { type HeatMapPanel, heatMapSpec } from "./heat-map.ts";
import { formatLatex } from "./latex.ts";
import { pathsSpec } from "./plane.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import { clip } from "./titles.ts";

/** A file of vectors with what plots call its model, which is its file's name: q8 weights are another model. */
export interface NamedVectors {
  readonly model: string;
  readonly vectors: SteeringVectors;
}

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
          subtitle: subtitle([{ model, vectors }]),
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
          subtitle: subtitle(files),
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
          subtitle: [clip(`rows: ${model}; columns: ${other}`), ...subtitle(pairs.flat()).slice(1)],
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

/**
 * The vectors of all layers of one model, or of several with hidden states of one size, in the plane of their two
 * principal components.
 * @throws {CaaError} as `vectorsPca`
 */
export async function plotVectorsPca(
  files: readonly NamedVectors[],
  options: Pick<VectorsPcaOptions, "of"> = {},
): Promise<Plot> {
  const { of = "directions" } = options;
  const names = new Map(files.map(({ model, vectors }) => [vectors, model]));
  const { points, explained } = vectorsPca([...names.keys()], {
    of,
    name: (vectors) => names.get(vectors) ?? vectors.metadata.modelId,
  });
  const [first] = files;
  const behavior = first?.vectors.behavior ?? "";
  const models = files.map(({ model }) => model);
  return {
    name: plotFileName(of === "vectors" ? "pca-unscaled" : "pca", {
      behavior,
      [models.length === 1 ? "model" : "models"]: models.join("+"),
    }),
    svg: await renderSvg(
      pathsSpec({
        title: {
          text: clip(`${behavior}: the vectors of all layers, two principal components`),
          subtitle: [
            ...subtitle(files).slice(0, -1),
            of === "vectors"
              ? "Vectors as they are; numbers are layers"
              : "Every vector scaled to length 1; numbers are layers",
          ],
        },
        explained,
        points: points.map(({ model, layer, x, y }) => ({ series: model, layer, x, y })),
      }),
    ),
    csv: formatCsv([
      ["behavior", "model", "layer", "component_1", "component_2"],
      ...points.map(({ model, layer, x, y }) => [behavior, model, ...[layer, x, y].map(String)]),
    ]),
  };
}

/** The length of every layer's vector beside that of vectors of shuffled labels, a panel for each behavior of one model. */
export async function plotNorms(files: readonly NamedVectors[]): Promise<Plot> {
  return await plotAgainstChance(files, {
    what: "norms",
    text: "Norm of the vector per layer",
    yTitle: "norm",
    line: "the vector",
    chance: (n) => `lowest to highest of ${n} vectors of shuffled labels`,
    point: ({ norm, normChance }) => ({ value: norm, chance: normChance }),
  });
}

/**
 * How well vectors of two halves of the pairs agree, beside what shuffled labels give, a panel for each behavior of one
 * model.
 * @throws {CaaError} empty-selection when no file has halves
 */
export async function plotReliability(files: readonly NamedVectors[]): Promise<Plot> {
  const there = files.filter(({ vectors }) => vectors.halves !== null);
  if (there.length === 0) {
    const message = `plotReliability: expected vectors with those of two halves of their pairs, got none; caa vectors generate keeps them unless --only-vectors says otherwise`;
    throw new CaaError("empty-selection", message);
  }
  return await plotAgainstChance(there, {
    what: "reliability",
    text: "Cosine between the vectors of two halves of the pairs, per layer",
    yTitle: "split-half cosine",
    domain: [-1, 1],
    line: "split-half cosine",
    chance: (n) => `lowest to highest of ${n} cosines between shuffled labels`,
    point: ({ splitHalf, splitHalfChance }) => ({ value: splitHalf, chance: splitHalfChance }),
  });
}

interface AgainstChance {
  readonly what: string;
  readonly text: string;
  readonly yTitle: string;
  readonly domain?: readonly [number, number];
  readonly line: string;
  readonly chance: (n: number) => string;
  readonly point: (layer: LayerReliability) => {
    readonly value: number | null;
    readonly chance: LayerReliability["normChance"];
  };
}

async function plotAgainstChance(
  files: readonly NamedVectors[],
  { what, text, yTitle, domain, line, chance, point }: AgainstChance,
): Promise<Plot> {
  const model = files[0]?.model ?? "";
  const figures = files.map(({ vectors }) => ({ vectors, layers: reliability(vectors) }));
  const points: ChanceLinePoint[] = figures.flatMap(({ vectors, layers }) =>
    layers.map((layer) => ({
      panel: vectors.behavior,
      layer: layer.layer,
      value: point(layer).value,
      low: point(layer).chance?.low ?? null,
      high: point(layer).chance?.high ?? null,
    })),
  );
  const n = figures.flatMap(({ layers }) =>
    layers.flatMap((layer) => point(layer).chance?.n ?? []),
  );
  return {
    name: plotFileName(what, { model }),
    svg: await renderSvg(
      chanceLinesSpec({
        title: { text, subtitle: subtitle(files).slice(0, -1) },
        yTitle,
        ...(domain === undefined ? {} : { domain }),
        line,
        chance: n.length === 0 ? "no shuffled labels in these files" : chance(Math.min(...n)),
        points,
      }),
    ),
    csv: reliabilityCsv(
      model,
      figures.map(({ vectors, layers }) => [vectors, layers]),
    ),
    latex: reliabilityLatex(figures),
  };
}

function reliabilityCsv(
  model: string,
  figures: ReadonlyArray<readonly [SteeringVectors, readonly LayerReliability[]]>,
): string {
  const columns = [
    "behavior",
    "model",
    "pairs",
    "layer",
    "norm",
    "norm_chance_low",
    "norm_chance_mean",
    "norm_chance_high",
    "split_half_cosine",
    "split_half_chance_low",
    "split_half_chance_mean",
    "split_half_chance_high",
    "whole_set_cosine",
  ];
  const rows = figures.flatMap(([{ behavior, metadata }, layers]) =>
    layers.map(({ layer, norm, normChance, splitHalf, splitHalfChance, wholeSet }) => [
      behavior,
      model,
      ...[
        metadata.pairCount,
        layer,
        norm,
        normChance?.low,
        normChance?.mean,
        normChance?.high,
        splitHalf,
        splitHalfChance?.low,
        splitHalfChance?.mean,
        splitHalfChance?.high,
        wholeSet,
      ].map((value) => (value ?? "").toString()),
    ]),
  );
  return formatCsv([columns, ...rows]);
}

/** A row for each behavior, at the layer whose halves agree best. */
function reliabilityLatex(
  figures: ReadonlyArray<{
    readonly vectors: SteeringVectors;
    readonly layers: readonly LayerReliability[];
  }>,
): string {
  return formatLatex([
    ["behavior", "pairs", "layer", "norm", "split-half cosine", "highest of shuffled labels"],
    ...figures.flatMap(({ vectors, layers }) => {
      const best = mostReliableLayer(layers);
      return best === null
        ? []
        : [
            [
              vectors.behavior,
              String(vectors.metadata.pairCount),
              String(best.layer),
              best.norm.toPrecision(3),
              best.splitHalf?.toFixed(2) ?? "",
              best.splitHalfChance?.high.toFixed(2) ?? "",
            ],
          ];
    }),
  ]);
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

/** What was read on how many pairs, and what two unrelated vectors would give. */
function subtitle(files: readonly NamedVectors[]): string[] {
  const models = [...new Set(files.map(({ model }) => model))];
  const pairs = files.map(({ vectors }) => vectors.metadata.pairCount);
  const [low, high] = [Math.min(...pairs), Math.max(...pairs)];
  const kinds = new Set(
    files.map(({ vectors }) => (vectors.metadata.normalization === null ? "raw" : "normalized")),
  );
  return [
    clip(models.join(", ")),
    clip(
      `${[...kinds].join(" and ")} vectors, n = ${low === high ? low : `${low} to ${high}`} pairs, d_model = ${files[0]?.vectors.dModel ?? 0}`,
    ),
    chanceOfCosines(files[0]?.vectors.dModel ?? 1),
  ];
}

/** The cosine of two random directions has mean 0 and standard deviation `1 / sqrt(d)`. */
function chanceOfCosines(dModel: number): string {
  return `Two random directions lie within ±${(1.96 / Math.sqrt(dModel)).toFixed(2)} in 95 % of cases`;
}
