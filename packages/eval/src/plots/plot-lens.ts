import { CaaError, type LensReading } from "@caa/core";
import type { TopLevelSpec } from "vega-lite";
import { lensAxes, lensCellFinder, PLACE_NAMES } from "../lens/lens-cells.ts";
import { lensCsv } from "../lens/lens-csv.ts";
import type { LensResult } from "../lens/read-lens.ts";
import { tokenLabel } from "../tokens/visible-text.ts";
import { CATEGORIES } from "./palette.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import { CONFIG } from "./theme.ts";
import { clip } from "./titles.ts";

const WIDTH = 220;
const RUNS = ["plain", "steered"];

export interface PlotLensOptions {
  readonly layer: number;
  /** @default the last one of the reading */
  readonly position?: number;
  /** Of the picture, without extension. */
  readonly name: string;
  /** Second line of the title, such as the steering in words. @default none */
  readonly subtitle?: string;
}

/**
 * Bars for one layer and position: the probabilities of the likeliest tokens at each place, plain and steered.
 * @throws {CaaError} not-found for a layer or position that was not read
 */
export async function plotLensBars(result: LensResult, options: PlotLensOptions): Promise<Plot> {
  const { plain, steered, model } = result;
  const axes = lensAxes(plain);
  const { layer, position = axes.positions.at(-1) ?? -1, name } = options;
  checkRead("layer", layer, axes.layers);
  checkRead("position", position, axes.positions);
  const only = (reading: LensReading): LensReading => ({
    ...reading,
    cells: reading.cells.filter((cell) => cell.layer === layer && cell.position === position),
  });
  const part = { ...result, plain: only(plain), steered: steered === null ? null : only(steered) };
  const token = tokenLabel(plain.tokens[position]?.text ?? "");
  return {
    name,
    svg: await renderSvg(
      barsSpec(part, layer, position, {
        text: `Logit lens at layer ${layer}, position ${position} ${token}`,
        subtitle: [
          clip(model.id),
          ...(options.subtitle === undefined ? [] : [clip(options.subtitle)]),
          ...(steered === null ? [] : ["No bar: not among the likeliest of that run"]),
        ],
      }),
    ),
    csv: lensCsv(part),
  };
}

function checkRead(what: string, value: number, read: readonly number[]): void {
  if (!read.includes(value)) {
    const message = `plotLensBars: expected a ${what} that was read, got ${value}; there: ${read.join(" ")}`;
    throw new CaaError("not-found", message, { facts: { value, read } });
  }
}

function barsSpec(
  { plain, steered }: LensResult,
  layer: number,
  position: number,
  title: { readonly text: string; readonly subtitle: string[] },
): TopLevelSpec {
  const readings = [plain, ...(steered === null ? [] : [steered])];
  const finders = readings.map(lensCellFinder);
  const panels = lensAxes(plain).places.map((place) => {
    const tops = finders.map((find) => find(layer, position, place)?.top ?? []);
    const most = new Map<number, { text: string; probability: number }>();
    for (const { id, text, probability } of tops.flat()) {
      most.set(id, { text, probability: Math.max(probability, most.get(id)?.probability ?? 0) });
    }
    const order = [...most].sort(([, a], [, b]) => b.probability - a.probability);
    const bars = tops.flatMap((top, run) =>
      top.map(({ id, text, probability }) => ({
        token: keyOf(id, text),
        run: RUNS[run],
        probability: Math.round(probability * 1e4) / 1e4,
      })),
    );
    return {
      title: { text: PLACE_NAMES[place], fontSize: 12, fontWeight: "normal" as const },
      width: WIDTH,
      height: { step: readings.length === 1 ? 16 : 22, for: "position" as const },
      data: { values: bars },
      mark: { type: "bar" as const, aria: false },
      encoding: {
        y: {
          field: "token",
          type: "nominal" as const,
          sort: order.map(([id, { text }]) => keyOf(id, text)),
          title: null,
          axis: { labelExpr: "slice(datum.value, indexof(datum.value, ' ') + 1)", ticks: false },
        },
        ...(readings.length === 1
          ? {}
          : { yOffset: { field: "run", type: "nominal" as const, sort: RUNS } }),
        x: {
          field: "probability",
          type: "quantitative" as const,
          title: "probability",
          scale: { domain: [0, 1] },
          axis: { values: [0, 0.25, 0.5, 0.75, 1], format: ".2~f" },
        },
        color: {
          field: "run",
          type: "nominal" as const,
          title: null,
          scale: { domain: RUNS.slice(0, readings.length), range: CATEGORIES.slice(0, 2) },
          ...(readings.length === 1 ? { legend: null } : {}),
        },
      },
    };
  });
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: CONFIG,
    title,
    spacing: 24,
    columns: 2,
    concat: panels,
  };
}

/** Two tokens may look the same. */
const keyOf = (id: number, text: string): string => `${id} ${tokenLabel(text)}`;
