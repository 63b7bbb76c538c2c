import { CaaError } from "@caa/core";
import type { TopLevelSpec } from "vega-lite";
import { type CosineScale, cosineScale } from "../trace/cosine-scale.ts";
import { traceCsv } from "../trace/trace-csv.ts";
import type { Trace } from "../trace/trace-text.ts";
import { shortLabel } from "../tokens/visible-text.ts";
import { DIVERGING } from "./palette.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import { CONFIG } from "./theme.ts";
import { clip } from "./titles.ts";

const CELL = { width: 13, height: 11 };

export interface PlotTraceOptions {
  /** Of the picture, without extension. */
  readonly name: string;
  /** Second line of the title, such as the steering in words. @default none */
  readonly subtitle?: string;
}

/**
 * Heat map of one behavior: the cosine of the residual stream with its vector, layers by tokens, white within the band of
 * random directions.
 * @throws {CaaError} not-found for a behavior that was not traced
 */
export async function plotTrace(
  trace: Trace,
  behavior: string,
  options: PlotTraceOptions,
): Promise<Plot> {
  const own = trace.probes.flatMap((probe, i) =>
    probe.name === behavior ? [{ ...probe, i }] : [],
  );
  if (own.length === 0) {
    const there = [...new Set(trace.probes.map(({ name }) => name))];
    const message = `plotTrace: expected a traced behavior, got ${behavior}; there: ${there.join(", ")}`;
    throw new CaaError("not-found", message, { facts: { behavior, there } });
  }
  const part: Trace = {
    ...trace,
    probes: own.map(({ name, layer, norm }) => ({ name, layer, norm })),
    tokens: trace.tokens.map((token) => ({
      ...token,
      scores: own.flatMap(({ i }) => token.scores[i] ?? []),
    })),
  };
  const scale = cosineScale(trace.model.dModel);
  return {
    name: options.name,
    svg: await renderSvg(
      heatMap(part, scale, {
        text: clip(`${behavior}: cosine of the residual stream with the vector`),
        subtitle: [
          clip(trace.model.id),
          ...(options.subtitle === undefined ? [] : [clip(options.subtitle)]),
          `White: within ±${scale.band.toFixed(3)}, where 95 % of random directions lie`,
          `Above: prompt light, answer dark${part.tokens.some(isSteered) ? "; green where steered" : ""}`,
        ],
      }),
    ),
    csv: traceCsv(part),
  };
}

const isSteered = (token: Trace["tokens"][number]): boolean => token.isSteered;

function heatMap(
  { probes, tokens }: Trace,
  { band, limit }: CosineScale,
  title: { readonly text: string; readonly subtitle: string[] },
): TopLevelSpec {
  const key = (position: number, text: string): string => `${position} ${shortLabel(text)}`;
  const columns = tokens.map(({ position, text }) => key(position, text));
  const rows = probes.map(({ layer }) => String(layer));
  const x = { field: "token", type: "ordinal" as const, sort: columns, title: null };
  const marks = tokens.map((token) => ({
    token: key(token.position, token.text),
    part: token.isPrompt ? "prompt" : "answer",
    steered: isSteered(token) ? "steered" : "not steered",
  }));
  const strip = (
    field: "part" | "steered",
    domain: readonly string[],
    range: readonly string[],
  ) => ({
    height: 6,
    width: { step: CELL.width },
    view: { stroke: null },
    data: { values: marks },
    mark: { type: "rect" as const, aria: false },
    encoding: {
      x: { ...x, axis: null },
      color: {
        field,
        type: "nominal" as const,
        legend: null, // one would be higher than the strip, and the title says it
        scale: { domain: [...domain], range: [...range] },
      },
    },
  });
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: CONFIG,
    title,
    spacing: 3,
    resolve: { scale: { color: "independent" } },
    vconcat: [
      strip("part", ["prompt", "answer"], ["#bbbbbb", "#555555"]),
      ...(tokens.some(isSteered)
        ? [strip("steered", ["steered", "not steered"], ["#009e73", "#eeeeee"])]
        : []),
      {
        width: { step: CELL.width },
        height: { step: CELL.height },
        data: {
          values: tokens.flatMap(({ position, text, scores }) =>
            probes.map(({ layer }, i) => ({
              token: key(position, text),
              layer: String(layer),
              // More digits than a color shows make the picture depend on the machine's last digit.
              cosine: Math.round((scores[i]?.cosine ?? 0) * 1e4) / 1e4,
            })),
          ),
        },
        mark: { type: "rect" as const, aria: false },
        encoding: {
          x: {
            ...x,
            axis: {
              labelExpr: "slice(datum.value, indexof(datum.value, ' ') + 1)",
              labelAngle: -90,
              labelFontSize: 9,
              labelOverlap: false,
              ticks: false,
              domain: false,
            },
          },
          y: {
            field: "layer",
            type: "ordinal" as const,
            sort: rows,
            title: "layer",
            axis: { labelFontSize: 9, labelOverlap: false, ticks: false, domain: false },
          },
          color: {
            field: "cosine",
            type: "quantitative" as const,
            scale: {
              domain: [-limit, -band, band, limit],
              range: [DIVERGING[0], DIVERGING[1], DIVERGING[1], DIVERGING[2]],
              interpolate: "rgb" as const,
              clamp: true,
            },
            legend: {
              title: "cosine",
              values: [-limit, -band, band, limit],
              format: "+.2f",
              gradientLength: 120,
            },
          },
        },
      },
    ],
  };
}
