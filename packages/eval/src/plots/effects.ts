import { CaaError } from "@caa/core";
import type { TopLevelSpec } from "vega-lite";
import type { Effect } from "../controls/effect.ts";
import { formatMultiplier } from "../results/cell-name.ts";
import { formatCsv } from "./csv.ts";
import { POSITIVE_COLOR } from "./palette.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import { ticks } from "./specs.ts";
import { CONFIG } from "./theme.ts";
import { clip, titled } from "./titles.ts";

const WIDTH = 520;
const HEIGHT = 260;
const CONTROL_COLOR = "#999999";
const COLUMNS = [
  "control",
  "layer",
  "from",
  "to",
  "n",
  "change",
  "change_bootstrap_low",
  "change_bootstrap_high",
  "change_t_low",
  "change_t_high",
  "least_letter_mass",
] as const;
const LINES = ["the vector", "controls"] as const;

export interface PlotEffectsOptions {
  /** Of the behavior, as the title and the file's name have it. */
  readonly behavior: string;
  readonly model: string;
  /** By layer. */
  readonly effects: readonly Effect[];
  /** Effects of each control, such as random directions of the same norm, by layer. */
  readonly controls: ReadonlyArray<{ readonly name: string; readonly effects: readonly Effect[] }>;
  /** What the controls are, in words, for the subtitle. */
  readonly controlsAre: string;
  /** @default what is drawn; it then begins the subtitle */
  readonly title?: string | undefined;
}

/**
 * What steering does at each layer beside what controls do: the change of p(matching) with its band, and a gray line a
 * control, on an axis from -1 to 1, so that plots of several behaviors compare.
 * @throws {CaaError} empty-selection without effects
 */
export async function plotEffects(options: PlotEffectsOptions): Promise<Plot> {
  const { behavior, effects } = options;
  const [first] = effects;
  if (first === undefined) {
    const message = `plotEffects: expected effects of ${behavior}, got none`;
    throw new CaaError("empty-selection", message);
  }
  return {
    name: `effects_behavior=${behavior.replaceAll(/[^A-Za-z0-9._+-]/g, "_").slice(0, 100)}`,
    svg: await renderSvg(effectsSpec(options, first)),
    csv: toCsv(options),
  };
}

function effectsSpec(options: PlotEffectsOptions, first: Effect): TopLevelSpec {
  const { behavior, model, effects, controls, controlsAre, title } = options;
  const layers = effects.map(({ layer }) => layer);
  const color = {
    field: "line",
    type: "nominal" as const,
    title: null,
    scale: { domain: [...LINES], range: [POSITIVE_COLOR, CONTROL_COLOR] },
    legend: { symbolOpacity: 1, symbolType: "stroke", symbolStrokeWidth: 3 },
  };
  const y = (field: string) => ({
    field,
    type: "quantitative" as const,
    title: "change of p(matching)",
    scale: { domain: [-1, 1] },
    axis: {
      values: [-1, -0.5, 0, 0.5, 1],
      labelExpr: "datum.value === 0 ? '0' : format(datum.value, '+.1f')",
    },
  });
  const [from, to] = [signed(first.from), signed(first.to)];
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: CONFIG,
    title: titled(
      {
        text: clip(`${behavior}: what ${to} instead of ${from} does, per layer`),
        subtitle: [
          clip(`${model}, n = ${first.n}; controls: ${controlsAre}`),
          `Band: ${Math.round(first.confidence * 100)} % bootstrap interval of the mean change over items`,
        ],
      },
      title,
    ),
    width: WIDTH,
    height: HEIGHT,
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
        axis: { values: ticks(layers), grid: false },
      },
    },
    layer: [
      {
        data: { values: [{ zero: 0 }] },
        mark: { type: "rule", color: "#333333", strokeDash: [5, 4], strokeWidth: 1 },
        encoding: { x: { value: 0 }, x2: { value: WIDTH }, y: y("zero") },
      },
      {
        data: { values: controls.flatMap((control) => points(control.effects, control.name)) },
        mark: { type: "line", strokeWidth: 1.2, point: { size: 12, filled: true } },
        encoding: { y: y("change"), color, detail: { field: "name", type: "nominal" } },
      },
      {
        data: { values: points(effects, null) },
        mark: { type: "area", opacity: 0.16, color: POSITIVE_COLOR },
        encoding: { y: y("low"), y2: { field: "high" } },
      },
      {
        data: { values: points(effects, null) },
        mark: { type: "line", strokeWidth: 1.8, point: { size: 24, filled: true } },
        encoding: { y: y("change"), color },
      },
    ],
  };
}

function signed(multiplier: number): string {
  return `${multiplier > 0 ? "+" : ""}${multiplier}`;
}

/** Vega-Lite leaves out what is null. */
function points(effects: readonly Effect[], control: string | null): object[] {
  return effects.map(({ layer, change }) => ({
    layer,
    name: control,
    line: control === null ? LINES[0] : LINES[1],
    change: change?.mean ?? null,
    low: change?.bootstrap?.low ?? change?.mean ?? null,
    high: change?.bootstrap?.high ?? change?.mean ?? null,
  }));
}

/** The behavior's own vectors have no name of a control. */
function toCsv({ effects, controls }: PlotEffectsOptions): string {
  const rows = [{ name: "", effects }, ...controls].flatMap(({ name, effects: some }) =>
    some.map(({ layer, from, to, n, change, letterMass }) => [
      name,
      layer,
      formatMultiplier(from),
      formatMultiplier(to),
      n,
      change?.mean ?? "",
      change?.bootstrap?.low ?? "",
      change?.bootstrap?.high ?? "",
      change?.t?.low ?? "",
      change?.t?.high ?? "",
      letterMass,
    ]),
  );
  return formatCsv([COLUMNS, ...rows.map((row) => row.map(String))]);
}
