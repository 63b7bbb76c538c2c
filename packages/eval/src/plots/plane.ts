import type { TopLevelSpec } from "vega-lite";
import { CATEGORIES, NEGATIVE_COLOR, POSITIVE_COLOR, SHAPES } from "./palette.ts";
import { CONFIG } from "./theme.ts";

const SIDE = 380;

interface PlaneOptions {
  readonly title: { readonly text: string; readonly subtitle: string[] };
  /** Parts of the variance along the two components. */
  readonly explained: readonly [number, number];
}

export interface PathsOptions extends PlaneOptions {
  /** By series, then layer. */
  readonly points: ReadonlyArray<{
    readonly series: string;
    readonly layer: number;
    readonly x: number;
    readonly y: number;
  }>;
}

/** The vectors of the layers as points of a plane, in order on a line for each model, some with their number. */
export function pathsSpec({ title, explained, points }: PathsOptions): TopLevelSpec {
  const series = [...new Set(points.map((point) => point.series))];
  const at = (index: number, list: readonly string[]): string => list[index % list.length] ?? "";
  const count = points.length / Math.max(1, series.length);
  const step = Math.max(1, Math.ceil(count / 12));
  const color = {
    field: "series",
    type: "nominal" as const,
    title: null,
    scale: { domain: series, range: series.map((_, i) => at(i, CATEGORIES)) },
    legend:
      series.length === 1 ? null : { orient: "bottom" as const, columns: 1, symbolOpacity: 1 },
  };
  const ends = series.map((name) => points.filter((point) => point.series === name).at(-1)?.layer);
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: CONFIG,
    title,
    width: SIDE,
    height: SIDE,
    data: {
      values: points.map((point, i) => ({
        ...point,
        label:
          point.layer % step === 0 || point.layer === ends[series.indexOf(point.series)]
            ? String(point.layer)
            : "",
        order: i,
      })),
    },
    encoding: componentAxes(explained),
    layer: [
      {
        mark: { type: "line", strokeWidth: 1, opacity: 0.5, aria: false },
        encoding: { order: { field: "order" }, color },
      },
      {
        mark: { type: "point", filled: true, opacity: 1, size: 36, aria: false },
        encoding: {
          color,
          shape: {
            field: "series",
            type: "nominal",
            title: null,
            scale: { domain: series, range: series.map((_, i) => at(i, SHAPES)) },
            legend: color.legend,
          },
        },
      },
      {
        mark: { type: "text", dx: 7, dy: -6, fontSize: 10, color: "#333333", aria: false },
        encoding: { text: { field: "label" } },
      },
    ],
  };
}

export interface CloudOptions extends PlaneOptions {
  readonly points: ReadonlyArray<{
    readonly answer: "positive" | "negative";
    readonly letter: string | null;
    readonly x: number;
    readonly y: number;
  }>;
}

/** Activations as points of a plane: the color is the answer, the shape the letter. */
export function cloudSpec({ title, explained, points }: CloudOptions): TopLevelSpec {
  const letters = [...new Set(points.map(({ letter }) => letter ?? "not known"))].sort();
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: CONFIG,
    title,
    width: SIDE,
    height: SIDE,
    data: {
      values: points.map(({ answer, letter, x, y }) => ({
        answer,
        letter: letter ?? "not known",
        x,
        y,
      })),
    },
    mark: { type: "point", opacity: 0.75, size: 34, strokeWidth: 1.3, aria: false },
    encoding: {
      ...componentAxes(explained),
      color: {
        field: "answer",
        type: "nominal",
        title: "answer",
        scale: { domain: ["positive", "negative"], range: [POSITIVE_COLOR, NEGATIVE_COLOR] },
        legend: { symbolOpacity: 1 },
      },
      shape: {
        field: "letter",
        type: "nominal",
        title: "letter",
        scale: { domain: letters, range: letters.map((_, i) => SHAPES[i % SHAPES.length] ?? "") },
        legend: { symbolOpacity: 1 },
      },
    },
  };
}

/** Both axes in the units of the rows, which are not those of one another's share of the variance. */
function componentAxes([first, second]: readonly [number, number]) {
  const axis = (field: "x" | "y", name: string, share: number) => ({
    field,
    type: "quantitative" as const,
    title: `${name} (${formatShare(share)} of the variance)`,
    scale: { zero: false, nice: true },
    axis: { tickCount: 5 },
  });
  return { x: axis("x", "component 1", first), y: axis("y", "component 2", second) };
}

/** Such as `34 %`. */
export function formatShare(share: number): string {
  return `${(100 * share).toFixed(share < 0.1 && share >= 0.0005 ? 1 : 0)} %`;
}
