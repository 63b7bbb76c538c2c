import { CaaError } from "@caa/core";
import { formatMultiplier } from "../results/cell-name.ts";
import type { MeanSummary } from "../results/summary-schema.ts";
import { formatCsv } from "./csv.ts";
import { distinct } from "./figures.ts";
import { formatLatex } from "./latex.ts";
import { labelLines, type LinesBy, type LineSource } from "./line-labels.ts";
import { linesSpec } from "./lines.ts";
import { cellText, ends, meanColumns, percent, signed } from "./mean-text.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import type { ResultPlotsOptions } from "./result-plots-options.ts";
import { clip, countRange, massWarning, titled } from "./titles.ts";

/** The mean score of one cell. */
export interface ScoreFigure {
  readonly layer: number;
  readonly multiplier: number;
  readonly n: number;
  readonly unscored: number;
  readonly score: MeanSummary | null;
  /** Null for tests without letters. */
  readonly letterMass: number | null;
  /** Hash of the vector that acted; null without steering, and where it is not known. */
  readonly vector: string | null;
}

/** The figures of cells that differ in layer and multiplier only. */
export interface ScoreLine extends LineSource {
  readonly confidence: number;
  readonly figures: readonly ScoreFigure[];
}

/** What a score is called and where it may lie. */
export interface ScoreScale {
  readonly name: string;
  readonly domain: readonly [number, number];
  readonly labels: readonly number[];
}

export interface AgainstMultiplierOptions extends ResultPlotsOptions {
  /** Of the file. */
  readonly name: (layer: number) => string;
  /** The title where none is given. */
  readonly heading: (layer: number) => string;
  /** Settings that all lines share, in words. */
  readonly details: readonly string[];
  readonly scale: ScoreScale;
  /** What tells the lines apart. */
  readonly by: LinesBy;
  /** More for the subtitle. */
  readonly notes?: readonly string[];
}

/**
 * Scores against the multiplier at one layer, a line with its band for each behavior, system prompt or form of the weights.
 * @throws {CaaError} empty-selection without lines; not-found when the layer was not measured; incompatible-vector where
 *   lines of one behavior were steered by different vectors
 */
export async function plotAgainstMultiplier(
  lines: readonly ScoreLine[],
  options: AgainstMultiplierOptions,
): Promise<Plot> {
  const { details, scale, by, notes = [] } = options;
  const layer = options.layer ?? steepest(lines);
  const labeled = labelLines(lines, by)
    .map((line) => ({ ...line, figures: line.figures.filter((one) => one.layer === layer) }))
    .filter(({ figures }) => figures.length > 0);
  const all = labeled.flatMap(({ figures }) => figures);
  const [first] = labeled;
  if (first === undefined) {
    const layers = distinct(lines.flatMap((line) => line.figures.map((one) => one.layer)));
    const message = `plots: expected a measured layer, got ${layer}; there: ${layers.join(" ")}`;
    const code = lines.length === 0 ? "empty-selection" : "not-found";
    throw new CaaError(code, message, { facts: { layer, layers } });
  }
  if (by !== "behavior") {
    checkOneVector(all, layer);
  }
  const { model, vectors, type } = first.settings;
  const unscored = all.reduce((sum, figure) => sum + figure.unscored, 0);
  const multipliers = distinct(all.map(({ multiplier }) => multiplier));
  const table = [
    [by, ...multipliers.map(signed)],
    ...labeled.map(({ name, figures }) => [
      name,
      ...multipliers.map((multiplier) =>
        cellText(figures.find((figure) => figure.multiplier === multiplier)?.score ?? null),
      ),
    ]),
  ];
  return {
    name: options.name(layer),
    svg: await renderSvg(
      linesSpec({
        title: titled(
          {
            text: clip(options.heading(layer)),
            subtitle: [
              clip(`${model}, ${vectors} vectors, n = ${countRange(all.map(({ n }) => n))}`),
              clip(details.join(", ")),
              ...notes.map(clip),
              `Bands: ${percent(first.confidence)} bootstrap interval of the mean over items`,
              ...(unscored > 0 ? [`${unscored} answers could not be scored and are left out`] : []),
              ...massWarning(
                all.flatMap(({ letterMass }) => letterMass ?? []),
                scale.name,
              ),
            ],
          },
          options.title,
        ),
        xTitle: "multiplier",
        yTitle: scale.name,
        domain: scale.domain,
        labels: scale.labels,
        legendTitle: by === "system prompt" ? null : by,
        series: labeled,
        points: labeled.flatMap(({ name, figures }) =>
          figures.map(({ multiplier, score }) => ({
            panel: "",
            series: name,
            x: multiplier,
            ...ends(score),
          })),
        ),
      }),
    ),
    csv: formatCsv([
      [
        "behavior",
        "model",
        "override_weights",
        "vectors",
        "type",
        "system_prompt",
        "layer",
        "multiplier",
        "n",
        "unscored",
        "mean",
        "mean_bootstrap_low",
        "mean_bootstrap_high",
        "mean_t_low",
        "mean_t_high",
        "letter_mass",
      ],
      ...labeled.flatMap(({ settings, figures }) =>
        figures.map((figure) => [
          settings.behavior,
          model,
          settings.overrideWeights ?? "",
          vectors,
          type,
          settings.system === null ? "" : (settings.systemPrompt ?? "own"),
          String(layer),
          formatMultiplier(figure.multiplier),
          String(figure.n),
          String(figure.unscored),
          ...meanColumns(figure.score),
          (figure.letterMass ?? "").toString(),
        ]),
      ),
    ]),
    table,
    latex: formatLatex(table),
  };
}

/** Lines of different forms of a model's weights would else differ in their vectors too, and so those of system prompts. */
function checkOneVector(figures: readonly ScoreFigure[], layer: number): void {
  if (new Set(figures.flatMap(({ vector }) => vector ?? [])).size > 1) {
    const message = `plots: expected results of one vector at layer ${layer}, got those of several; measure them again with --overwrite`;
    throw new CaaError("incompatible-vector", message, { facts: { layer } });
  }
}

/** Of lines of different forms of a model's weights, what was measured at layers where a trained form has another beside it. */
export function comparableForms(lines: readonly ScoreLine[]): readonly ScoreLine[] {
  const compared = (layer: number): boolean => {
    const forms = lines.filter(({ figures }) => figures.some((figure) => figure.layer === layer));
    return forms.length > 1 && forms.some(({ settings }) => settings.overrideWeights !== null);
  };
  return lines
    .map((line) => ({ ...line, figures: line.figures.filter(({ layer }) => compared(layer)) }))
    .filter(({ figures }) => figures.length > 0);
}

/** The layer where the scores of all lines together change most from the lowest multiplier to the highest. */
export function steepest(lines: ReadonlyArray<Pick<ScoreLine, "figures">>): number {
  const layers = distinct(lines.flatMap(({ figures }) => figures.map(({ layer }) => layer)));
  const changes = layers.map((layer) => {
    const change = lines.reduce((sum, { figures }) => {
      const own = figures
        .filter((figure) => figure.layer === layer)
        .sort((a, b) => a.multiplier - b.multiplier);
      return sum + Math.abs((own.at(-1)?.score?.mean ?? 0) - (own[0]?.score?.mean ?? 0));
    }, 0);
    return { layer, change };
  });
  return changes.reduce(
    (best, next) => (next.change > best.change ? next : best),
    changes[0] ?? { layer: 0, change: 0 },
  ).layer;
}
