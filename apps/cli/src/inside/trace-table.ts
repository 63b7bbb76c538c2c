import type { ProbedToken } from "@caa/core";
import { type CosineScale, tokenLabel } from "@caa/eval";
import { formatTable } from "../output/table.ts";

/** A column pair of the table: one behavior at one layer. */
export interface ShownProbe {
  readonly name: string;
  readonly layer: number;
  /** Index among the probes of the trace. */
  readonly index: number;
}

/** A row a token; `*` marks a cosine outside of the band. */
export function formatTrace(
  tokens: readonly ProbedToken[],
  shown: readonly ShownProbe[],
  { band }: CosineScale,
): string {
  const columns = [
    { title: "position", align: "right" as const },
    { title: "token" },
    { title: "part" },
    { title: "steered" },
    ...shown.flatMap(({ name, layer }) => [
      { title: `${name}@${layer}: dot`, align: "right" as const },
      { title: "cosine", align: "right" as const },
    ]),
  ];
  const rows = tokens.map(({ position, text, isPrompt, isSteered, scores }) => [
    String(position),
    tokenLabel(text),
    isPrompt ? "prompt" : "answer",
    isSteered ? "yes" : "",
    ...shown.flatMap(({ index }) => {
      const { dot = Number.NaN, cosine = Number.NaN } = scores[index] ?? {};
      return [dot.toFixed(2), `${cosine.toFixed(3)}${Math.abs(cosine) > band ? "*" : " "}`];
    }),
  ]);
  return formatTable(columns, rows);
}

/** What the numbers and colors are held against. */
export function describeScale({ band, limit }: CosineScale, colors: boolean): string {
  const outside = colors
    ? `blue along the vector, orange against it, strongest from ${limit.toFixed(2)} on`
    : "* outside of it";
  return `cosine of the residual stream with the vector; 95 % of random directions lie within ±${band.toFixed(3)}; ${outside}\n`;
}
