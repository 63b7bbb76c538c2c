import type { Interval } from "@caa/core";
import { formatMultiplier } from "../results/cell-name.ts";
import type { Figure, FigureGroup } from "./figures.ts";

const COLUMNS = [
  "behavior",
  "model",
  "vectors",
  "layer",
  "multiplier",
  "n",
  "unscored",
  "p_matching",
  "p_matching_bootstrap_low",
  "p_matching_bootstrap_high",
  "p_matching_t_low",
  "p_matching_t_high",
  "letter_mass",
  "letter_mass_bootstrap_low",
  "letter_mass_bootstrap_high",
] as const;

/** The figures as CSV (RFC 4180, lines end in `\n`), one row a cell; what is not known is empty. */
export function toCsv(group: FigureGroup, figures: readonly Figure[]): string {
  const ends = (interval: Interval | null | undefined): string[] =>
    interval ? [String(interval.low), String(interval.high)] : ["", ""];
  const rows = figures.map((figure) => [
    group.behavior,
    group.model,
    group.vectors,
    String(figure.layer),
    formatMultiplier(figure.multiplier),
    String(figure.n),
    String(figure.unscored),
    figure.pMatching === null ? "" : String(figure.pMatching.mean),
    ...ends(figure.pMatching?.bootstrap),
    ...ends(figure.pMatching?.t),
    String(figure.letterMass.mean),
    ...ends(figure.letterMass.bootstrap),
  ]);
  return formatCsv([COLUMNS, ...rows]);
}

/** Rows as CSV (RFC 4180, lines end in `\n`). */
export function formatCsv(rows: ReadonlyArray<readonly string[]>): string {
  return rows.map((row) => `${row.map(quote).join(",")}\n`).join("");
}

function quote(value: string): string {
  return /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}
