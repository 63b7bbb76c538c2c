import type { TopLevelSpec } from "vega-lite";
import { POSITIVE_COLOR } from "./palette.ts";
import { ticks } from "./specs.ts";
import { CONFIG } from "./theme.ts";

const CHANCE_COLOR = "#8c8c8c";

/** A value of one layer beside the range that chance gives; null where there is none. */
export interface ChanceLinePoint {
  readonly panel: string;
  readonly layer: number;
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

export interface ChanceLinesOptions {
  readonly title: { readonly text: string; readonly subtitle: string[] };
  readonly yTitle: string;
  /** @default from 0 to the largest value, the same for all panels */
  readonly domain?: readonly [number, number];
  readonly line: string;
  readonly chance: string;
  readonly points: readonly ChanceLinePoint[];
}

/** A panel for each behavior: a line over the layers, and in gray what chance gives. */
export function chanceLinesSpec(options: ChanceLinesOptions): TopLevelSpec {
  const { title, yTitle, domain, line, chance, points } = options;
  const layers = [...new Set(points.map(({ layer }) => layer))].sort((a, b) => a - b);
  const panels = [...new Set(points.map(({ panel }) => panel))];
  const color = (name: string) => ({
    datum: name,
    type: "nominal" as const,
    title: null,
    scale: { domain: [line, chance], range: [POSITIVE_COLOR, CHANCE_COLOR] },
    legend: {
      orient: "bottom" as const,
      symbolOpacity: 1,
      symbolType: "stroke",
      symbolStrokeWidth: 3,
    },
  });
  const y = (field: "value" | "low") => ({
    field,
    type: "quantitative" as const,
    title: yTitle,
    ...(domain === undefined ? {} : { scale: { domain: [...domain] } }),
    axis: { tickCount: 5 },
  });
  const alone = panels.length === 1;
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: CONFIG,
    title,
    data: { values: points.map((point) => ({ ...point })) },
    facet: {
      field: "panel",
      type: "ordinal",
      sort: panels,
      title: null,
      header: { labelFontSize: 12, labelPadding: 4 },
    },
    columns: Math.min(3, panels.length),
    spacing: 16,
    spec: {
      width: alone ? 520 : 200,
      height: alone ? 260 : 140,
      encoding: {
        x: {
          field: "layer",
          type: "quantitative",
          title: "layer",
          scale: {
            domain: [Math.min(...layers) - 0.5, Math.max(...layers) + 0.5],
            nice: false,
            zero: false,
          },
          axis: { values: ticks(layers, alone ? 16 : 8), grid: false },
        },
      },
      layer: [
        {
          mark: { type: "area", opacity: 0.35, aria: false },
          encoding: { y: y("low"), y2: { field: "high" }, color: color(chance) },
        },
        {
          mark: {
            type: "line",
            strokeWidth: 1.8,
            point: { size: alone ? 24 : 14, filled: true },
            aria: false,
          },
          encoding: { y: y("value"), color: color(line) },
        },
      ],
    },
  };
}
