import type { TopLevelSpec } from "vega-lite";
import type { CosineGrid } from "../analysis/cosine-grid.ts";
import { DIVERGING } from "./palette.ts";
import { CONFIG } from "./theme.ts";

const PANEL_SPACING = 14;
/** Up to so many cells a side have room for their values. */
const MAX_WITH_VALUES = 10;

export interface HeatMapPanel {
  readonly name: string;
  readonly grid: CosineGrid;
}

export interface HeatMapOptions {
  readonly title: { readonly text: string; readonly subtitle: string[] };
  readonly panels: readonly HeatMapPanel[];
  /** What rows and columns are, such as `layer`. */
  readonly rowTitle: string;
  readonly columnTitle: string;
  /** How many panels stand side by side. */
  readonly across: number;
  /** What the values are called, and where the colors end on both sides of 0. @default cosines, 1 */
  readonly scale?: { readonly name: string; readonly limit: number };
}

/** Values as colors on one scale on both sides of 0; written out too where there is one panel of few cells. */
export function heatMapSpec(options: HeatMapOptions): TopLevelSpec {
  const { title, panels, rowTitle, columnTitle, across } = options;
  const { name: valueName, limit } = options.scale ?? { name: "cosine", limit: 1 };
  const rows = union(panels.map(({ grid }) => grid.rows));
  const columns = union(panels.map(({ grid }) => grid.columns));
  const cell = cellSize(Math.max(rows.length, columns.length), panels.length);
  const names = [...rows, ...columns].some((label) => !/^-?\d+(\.\d+)?$/.test(label));
  const small = panels.length > 1 && names;
  const axis = (labels: readonly string[], name: string, side: "x" | "y") => ({
    type: "ordinal" as const,
    sort: [...labels],
    title: small ? null : name, // names say themselves what they are
    axis: {
      values: thin(labels, small ? labels.length : Math.floor((labels.length * cell) / 18)),
      labelAngle: side === "x" && names ? -45 : 0,
      labelFontSize: small ? 8 : 11,
      labelLimit: 130,
      labelOverlap: false,
      domain: false,
      ticks: false,
    },
  });
  const rectangles = {
    mark: { type: "rect" as const, aria: false },
    encoding: {
      color: {
        field: "value",
        type: "quantitative" as const,
        scale: { domain: [-limit, 0, limit], range: [...DIVERGING], interpolate: "rgb" as const },
        legend: {
          title: valueName,
          values: [-limit, -limit / 2, 0, limit / 2, limit],
          labelExpr: `datum.value === 0 ? '0' : format(datum.value, '${limit === 1 ? "+.1f" : "+.2f"}')`,
          gradientLength: 120,
        },
      },
    },
  };
  const values = {
    mark: { type: "text" as const, aria: false, fontSize: 10 },
    encoding: {
      text: { field: "value", type: "quantitative" as const, format: ".2f" },
      color: {
        condition: { test: `abs(datum.value) > ${0.6 * limit}`, value: "#ffffff" },
        value: "#222222",
      },
    },
  };
  const withValues = panels.length === 1 && rows.length <= MAX_WITH_VALUES;
  const view = {
    width: { step: cell },
    height: { step: cell },
    view: { fill: "#d9d9d9", stroke: "#cccccc" }, // shows where there is no cosine
    encoding: {
      x: { field: "column", ...axis(columns, columnTitle, "x") },
      y: { field: "row", ...axis(rows, rowTitle, "y") },
    },
    layer: withValues ? [rectangles, values] : [rectangles],
  };
  const common = {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: CONFIG,
    title,
    data: { values: panels.flatMap(toPoints) },
  };
  return panels.length === 1
    ? { ...common, ...view }
    : {
        ...common,
        facet: {
          field: "panel",
          type: "ordinal",
          sort: panels.map(({ name }) => name),
          title: null,
          header: { labelFontSize: 11, labelPadding: 4 },
        },
        columns: across,
        spacing: PANEL_SPACING,
        spec: view,
      };
}

/** In pixels: panels stay small where there are many, cells large enough for a value where there are few. */
function cellSize(side: number, panels: number): number {
  const panel = panels === 1 ? 360 : 190;
  return Math.max(panels === 1 ? 9 : 5, Math.min(panels === 1 ? 40 : 16, Math.floor(panel / side)));
}

function toPoints({ name, grid }: HeatMapPanel): object[] {
  const { rows, columns, values } = grid;
  return rows.flatMap((row, i) =>
    columns.flatMap((column, j) => {
      const value = values[i * columns.length + j] ?? null;
      return value === null
        ? []
        : [{ panel: name, row: String(row), column: String(column), value: round(value) }];
    }),
  );
}

/** More digits than a color shows make the picture depend on the machine's last digit. */
function round(value: number): number {
  return Math.round(value * 1e4) / 1e4;
}

function union(lists: ReadonlyArray<ReadonlyArray<string | number>>): string[] {
  const all = [...new Set(lists.flat())];
  const layers = all.filter((label) => typeof label === "number").sort((a, b) => a - b);
  return [...layers, ...all.filter((label) => typeof label === "string")].map(String);
}

/** Some of the labels, evenly, at most about `most`. */
function thin(labels: readonly string[], most: number): string[] {
  const step = Math.max(1, Math.ceil(labels.length / Math.max(1, most)));
  return labels.filter((_, i) => i % step === 0);
}
