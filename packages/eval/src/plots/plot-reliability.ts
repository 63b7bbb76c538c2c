import { CaaError, type SteeringVectors } from "@caa/core";
import { type LayerReliability, mostReliableLayer, reliability } from "../analysis/reliability.ts";
import { type ChanceLinePoint, chanceLinesSpec } from "./chance-lines.ts";
import { formatCsv } from "./csv.ts";
import { plotFileName } from "./file-name.ts";
import { formatLatex } from "./latex.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import { type NamedVectors, vectorsSubtitle } from "./vectors-subtitle.ts";

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
        title: { text, subtitle: vectorsSubtitle(files).slice(0, -1) },
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
