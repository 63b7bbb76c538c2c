import type { TopLevelSpec } from "vega-lite";
import { CATEGORIES, SHAPES } from "./palette.ts";
import { ticks } from "./specs.ts";
import { CONFIG } from "./theme.ts";
import type { PlotTitle } from "./titles.ts";

const WIDTH = 520;

/** A point of a line, with the ends of its interval; null where nothing was scored. */
export interface LinePoint {
  /** Which of several pictures below each other. */
  readonly panel: string;
  readonly series: string;
  readonly x: number;
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface LineSeries {
  readonly name: string;
  /** @default by the place in the list */
  readonly color?: string;
  /** Lengths of dashes and gaps. @default no gaps */
  readonly dash?: readonly number[];
}

export interface LinesOptions {
  readonly title: PlotTitle;
  readonly xTitle: string;
  readonly yTitle: string;
  readonly domain: readonly [number, number];
  /** Values on the y axis that have a label. */
  readonly labels: readonly number[];
  /** Labels with a sign, and a line at 0. @default false */
  readonly change?: boolean;
  readonly legendTitle: string | null;
  readonly series: readonly LineSeries[];
  readonly points: readonly LinePoint[];
}

/** Lines with bands over layers or multipliers, told apart by color and by marker. */
export function linesSpec(options: LinesOptions): TopLevelSpec {
  const { title, points, xTitle, yTitle, domain, labels, change = false } = options;
  const { series, legendTitle } = options;
  const xs = [...new Set(points.map(({ x }) => x))].sort((a, b) => a - b);
  const panels = [...new Set(points.map(({ panel }) => panel))];
  const margin = xTitle === "layer" ? 0.5 : 0.25;
  const names = series.map(({ name }) => name);
  const at = (index: number, list: readonly string[]): string => list[index % list.length] ?? "";
  const common = {
    field: "series",
    type: "nominal" as const,
    title: legendTitle,
    legend: names.length < 2 ? null : { symbolOpacity: 1, symbolSize: 60 },
  };
  const color = {
    ...common,
    scale: { domain: names, range: series.map((one, i) => one.color ?? at(i, CATEGORIES)) },
  };
  const shape = { ...common, scale: { domain: names, range: names.map((_, i) => at(i, SHAPES)) } };
  const dashOf = ({ dash = [] }: LineSeries): string => dash.join(" ");
  const dashes = [...new Set(series.map(dashOf))];
  const withDash = (dash: string) => ({
    field: "series",
    oneOf: series.filter((one) => dashOf(one) === dash).map(({ name }) => name),
  });
  // An area of one point has no width.
  const isLone = ({ panel, series: name }: LinePoint): boolean =>
    points.filter((one) => one.panel === panel && one.series === name).length === 1;
  const y = (field: "mean" | "low") => ({
    field,
    type: "quantitative" as const,
    title: yTitle,
    scale: { domain: [...domain], clamp: true },
    axis: {
      values: [...labels],
      labelExpr: change
        ? "datum.value === 0 ? '0' : format(datum.value, '+.2~f')"
        : "format(datum.value, '.2~f')",
    },
  });
  const view = {
    width: WIDTH,
    height: panels.length > 1 ? 200 : 260,
    encoding: {
      x: {
        field: "x",
        type: "quantitative" as const,
        title: xTitle,
        scale: {
          domain: [Math.min(...xs) - margin, Math.max(...xs) + margin],
          nice: false,
          zero: false,
        },
        axis: { values: ticks(xs), grid: false },
      },
    },
    layer: [
      ...(change
        ? [
            {
              data: { values: [{ zero: 0 }] },
              mark: {
                type: "rule" as const,
                color: "#333333",
                strokeDash: [5, 4],
                strokeWidth: 1,
                aria: false,
              },
              encoding: {
                x: { value: 0 },
                x2: { value: WIDTH },
                y: { ...y("mean"), field: "zero" },
              },
            },
          ]
        : []),
      {
        mark: { type: "area" as const, opacity: 0.14, aria: false },
        encoding: { y: y("low"), y2: { field: "high" }, color },
      },
      ...dashes.map((dash) => ({
        ...(dashes.length === 1 ? {} : { transform: [{ filter: withDash(dash) }] }),
        mark: {
          type: "line" as const,
          strokeWidth: 1.8,
          ...(dash === "" ? {} : { strokeDash: dash.split(" ").map(Number) }),
          aria: false,
        },
        encoding: { y: y("mean"), color },
      })),
      ...(points.some(isLone)
        ? [
            {
              transform: [{ filter: "datum.lone" }],
              mark: { type: "rule" as const, strokeWidth: 1.8, opacity: 0.5, aria: false },
              encoding: { y: y("low"), y2: { field: "high" }, color },
            },
          ]
        : []),
      {
        mark: { type: "point" as const, filled: true, size: 32, opacity: 1, aria: false },
        encoding: { y: y("mean"), color, shape },
      },
    ],
  };
  const base = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: CONFIG,
    title,
    data: { values: points.map((point) => ({ ...point, lone: isLone(point) })) },
  };
  return panels.length < 2
    ? { ...base, ...view }
    : {
        ...base,
        facet: {
          field: "panel",
          type: "ordinal",
          sort: panels,
          title: null,
          header: { labelFontSize: 12, labelPadding: 4, labelAnchor: "start" },
        },
        columns: 1,
        spacing: 16,
        spec: view,
      };
}
