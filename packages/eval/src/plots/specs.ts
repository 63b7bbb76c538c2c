import type { TopLevelSpec } from "vega-lite";
import { formatMultiplier } from "../results/cell-name.ts";
import { distinct, type Figure, type FigureGroup, scoreName } from "./figures.ts";
import { multiplierColors, POSITIVE_COLOR } from "./palette.ts";
import { CONFIG } from "./theme.ts";
import { type PlotTitle, plotTitle } from "./titles.ts";

const WIDTH = 520;
const HEIGHT = 260;
const MASS_HEIGHT = 70;
const BASELINE = "#333333";

/** p(matching) against the layer: a line and a band for each multiplier, and the letter mass below. */
export function layersSpec(group: FigureGroup, title?: string): TopLevelSpec {
  const { figures } = group;
  const multipliers = distinct(figures.map((figure) => figure.multiplier));
  const color = {
    field: "steered",
    type: "nominal" as const,
    title: "multiplier",
    scale: { domain: multipliers.map(formatMultiplier), range: [...multiplierColors(multipliers)] },
    sort: null,
    // Symbols would else be as faint as the bands.
    legend: { symbolOpacity: 1, symbolType: "stroke", symbolStrokeWidth: 3 },
  };
  return panels({
    title: plotTitle(`${scoreName(group.settings.type)} per layer`, group, figures, title),
    score: scoreName(group.settings.type),
    figures,
    x: { field: "layer", values: distinct(figures.map((figure) => figure.layer)), margin: 0.5 },
    color,
  });
}

/** p(matching) against the multiplier at one layer, with its band, and the letter mass below. */
export function multipliersSpec(group: FigureGroup, layer: number, title?: string): TopLevelSpec {
  const figures = group.figures.filter((figure) => figure.layer === layer);
  return panels({
    title: plotTitle(
      `${scoreName(group.settings.type)} against the multiplier, layer ${layer}`,
      group,
      figures,
      title,
    ),
    score: scoreName(group.settings.type),
    figures,
    x: {
      field: "multiplier",
      values: distinct(figures.map((figure) => figure.multiplier)),
      margin: 0.25,
    },
    color: { value: POSITIVE_COLOR },
  });
}

interface PanelOptions<Color> {
  readonly title: PlotTitle;
  /** What the score is called. */
  readonly score: string;
  readonly figures: readonly Figure[];
  readonly x: {
    readonly field: "layer" | "multiplier";
    readonly values: readonly number[];
    readonly margin: number;
  };
  readonly color: Color;
}

interface SeriesColor {
  readonly field: string;
  readonly type: "nominal";
  readonly title: string;
  readonly scale: { domain: string[]; range: string[] };
  readonly sort: null;
  readonly legend: { symbolOpacity: number; symbolType: string; symbolStrokeWidth: number };
}

/** Two panels over one x axis: p(matching) with bands and the plain model's value dashed, and the letter mass. */
function panels(options: PanelOptions<SeriesColor | { readonly value: string }>): TopLevelSpec {
  const { title, score, figures, color } = options;
  const { field, values, margin } = options.x;
  const x = {
    field,
    type: "quantitative" as const,
    scale: {
      domain: [Math.min(...values) - margin, Math.max(...values) + margin],
      nice: false,
      zero: false,
    },
  };
  const axis = { values: ticks(values), grid: false };
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: CONFIG,
    title,
    data: { values: figures.map(toPoint) },
    spacing: 14,
    vconcat: [
      {
        width: WIDTH,
        height: HEIGHT,
        encoding: { x: { ...x, axis: { ...axis, title: null } } },
        layer: [
          {
            mark: { type: "area", opacity: 0.16 },
            encoding: { y: probability(score, "low"), y2: { field: "high" }, color },
          },
          {
            data: { values: plainModel(figures).map((baseline) => ({ baseline })) },
            mark: { type: "rule", color: BASELINE, strokeDash: [5, 4], strokeWidth: 1 },
            encoding: {
              x: { value: 0 },
              x2: { value: WIDTH },
              y: probability(score, "baseline"),
            },
          },
          {
            mark: { type: "line", strokeWidth: 1.8, point: { size: 24, filled: true } },
            encoding: { y: probability(score, "p"), color },
          },
        ],
      },
      {
        width: WIDTH,
        height: MASS_HEIGHT,
        mark: { type: "line", strokeWidth: 1.8, point: { size: 16, filled: true } },
        encoding: {
          x: { ...x, axis: { ...axis, title: field } },
          y: probability("letter mass", "mass", [0, 0.5, 1]),
          color,
        },
      },
    ],
  };
}

function probability(
  title: string,
  field: keyof Point | "baseline",
  values = [0, 0.25, 0.5, 0.75, 1],
) {
  const axis = { values, format: ".2f" };
  return { field, type: "quantitative" as const, title, scale: { domain: [0, 1] }, axis };
}

/** One point of a plot; Vega-Lite leaves out what is null. */
interface Point {
  readonly layer: number;
  readonly multiplier: number;
  /** The multiplier as a name of its line. */
  readonly steered: string;
  readonly p: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly mass: number;
}

function toPoint({ layer, multiplier, pMatching, letterMass }: Figure): Point {
  const p = pMatching?.mean ?? null;
  const low = pMatching?.bootstrap?.low ?? p;
  const high = pMatching?.bootstrap?.high ?? p;
  return {
    layer,
    multiplier,
    steered: formatMultiplier(multiplier),
    p,
    low,
    high,
    mass: letterMass.mean,
  };
}

/** p(matching) of the plain model, the same for all layers; empty where it was not measured. */
function plainModel(figures: readonly Figure[]): readonly number[] {
  const value = figures.find((figure) => figure.multiplier === 0)?.pMatching?.mean;
  return value === undefined ? [] : [value];
}

/** The values themselves, thinned where they are many. */
export function ticks(values: readonly number[], most = 16): number[] {
  const step = Math.ceil(values.length / most);
  return values.filter((_, i) => i % step === 0);
}
