import { CaaError } from "@caa/core";
import { formatMultiplier } from "../results/cell-name.ts";
import type { MeanSummary } from "../results/summary-schema.ts";
import type { TuneResult } from "../tune/tune-result.ts";
import { formatCsv } from "./csv.ts";
import { distinct } from "./figures.ts";
import { heatMapSpec } from "./heat-map.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import { symmetricLimit } from "./symmetric-limit.ts";
import { clip } from "./titles.ts";

/**
 * Heat map of what was chosen from: the gain of every layer and multiplier, on the items that were chosen on.
 * @param name of the picture, without extension
 * @throws {CaaError} empty-selection when no cell was measured
 */
export async function plotTuning(result: TuneResult, name: string): Promise<Plot> {
  const { chosen, grid, refusals, settings } = result;
  if (grid.length === 0) {
    throw new CaaError("empty-selection", "plotTuning: expected measured cells, got none");
  }
  const rows = distinct(grid.map(({ layer }) => layer));
  const columns = distinct(grid.map(({ multiplier }) => multiplier));
  const values = rows.flatMap((layer) =>
    columns.map((multiplier) => {
      const cell = grid.find((one) => one.layer === layer && one.multiplier === multiplier);
      return cell?.gain?.mean ?? null;
    }),
  );
  const verdict =
    chosen === null || refusals.length > 0
      ? "nothing is recommended"
      : `recommended: layer ${chosen.layer}, multiplier ${chosen.multiplier}`;
  const counts = `n = ${Math.max(...grid.map(({ n }) => n))}`;
  return {
    name,
    svg: await renderSvg(
      heatMapSpec({
        title: {
          text: clip(`${settings.behavior}: change of p(matching) that was chosen from`),
          subtitle: [
            clip(
              `${settings.model}, ${settings.vectors} vectors, ${counts}, in the direction of the multiplier`,
            ),
            clip(verdict),
          ],
        },
        panels: [{ name: settings.behavior, grid: { rows, columns, values } }],
        rowTitle: "layer",
        columnTitle: "multiplier",
        across: 1,
        scale: { name: "change", limit: symmetricLimit(values.map(Number)) },
      }),
    ),
    csv: csvOf(result),
  };
}

function csvOf({ grid, settings }: TuneResult): string {
  const figures = (summary: MeanSummary | null): readonly string[] =>
    [summary?.mean, summary?.bootstrap?.low, summary?.bootstrap?.high].map((value) =>
      String(value ?? ""),
    );
  return formatCsv([
    [
      "behavior",
      "model",
      "vectors",
      "layer",
      "multiplier",
      "relative_dose",
      "n",
      "gain",
      "gain_bootstrap_low",
      "gain_bootstrap_high",
      "letter_mass",
    ],
    ...grid.map(({ layer, multiplier, dose, n, gain, letterMass }) => [
      settings.behavior,
      settings.model,
      settings.vectors,
      String(layer),
      formatMultiplier(multiplier),
      String(dose ?? ""),
      String(n),
      ...figures(gain),
      String(letterMass.mean),
    ]),
  ]);
}
