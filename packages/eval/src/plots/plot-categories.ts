import { CaaError, meanWithIntervals } from "@caa/core";
import type { TopLevelSpec } from "vega-lite";
import { formatMultiplier } from "../results/cell-name.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";
import type { MeanSummary } from "../results/summary-schema.ts";
import { formatCsv } from "./csv.ts";
import { distinct, type FigureGroup, scoreName } from "./figures.ts";
import { formatLatex } from "./latex.ts";
import { cellText, ends, meanColumns, signed } from "./mean-text.ts";
import { multiplierColors, SHAPES } from "./palette.ts";
import { type Plot, steepestLayer } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import type { ResultPlotsOptions } from "./result-plots-options.ts";
import { CONFIG } from "./theme.ts";
import { type PlotTitle, plotTitle } from "./titles.ts";

const ROW_HEIGHT = 9;

/** The mean over the items of one category under one multiplier. */
interface CategoryFigure {
  readonly category: string;
  readonly multiplier: number;
  readonly n: number;
  readonly score: MeanSummary;
}

/**
 * Mean scores of a test with categories at one layer: a row a category, a dot with its interval for each multiplier.
 * Categories stand by their mean at multiplier 0, or at the lowest one.
 * @throws {CaaError} not-found when the layer was not measured; empty-selection when nothing was scored or nothing has a
 *   category
 */
export async function plotCategories(
  name: string,
  group: FigureGroup,
  { layer = steepestLayer(group), title: given }: ResultPlotsOptions = {},
): Promise<Plot> {
  const { behavior, model, vectors, settings, confidence } = group;
  const layers = distinct(group.figures.map((figure) => figure.layer));
  if (!layers.includes(layer)) {
    const message = `plotCategories: expected a measured layer, got ${layer}; there: ${layers.join(" ")}`;
    throw new CaaError("not-found", message, { facts: { layer, layers } });
  }
  const cells = group.cells.filter((cell) => cell.settings.layer === layer);
  const figures = cells.flatMap(figuresOf);
  if (figures.length === 0) {
    const message = `plotCategories: expected scored items with a category, got none of ${settings.type}`;
    throw new CaaError("empty-selection", message);
  }
  const multipliers = distinct(figures.map(({ multiplier }) => multiplier));
  const base = multipliers.includes(0) ? 0 : (multipliers[0] ?? 0);
  const order = figures
    .filter(({ multiplier }) => multiplier === base)
    .sort((a, b) => b.score.mean - a.score.mean || (a.category < b.category ? -1 : 1))
    .map(({ category }) => category);
  const categories = [...new Set([...order, ...figures.map(({ category }) => category)])];
  const score = scoreName(settings.type);
  const title = plotTitle(
    `${settings.type}, ${score} by category, layer ${layer}`,
    group,
    group.figures.filter((figure) => figure.layer === layer),
    given,
  );
  return {
    name: `categories_layer=${layer}_${name}`,
    svg: await renderSvg(
      categoriesSpec({
        title: {
          ...title,
          subtitle: title.subtitle.map((line) =>
            line.startsWith("Bands: ")
              ? `Lines: ${Math.round(confidence * 100)} % bootstrap interval of the category's mean over items`
              : line,
          ),
        },
        score,
        figures,
        categories,
        multipliers,
      }),
    ),
    csv: formatCsv([
      [
        "behavior",
        "model",
        "vectors",
        "type",
        "layer",
        "multiplier",
        "category",
        "n",
        "mean",
        "mean_bootstrap_low",
        "mean_bootstrap_high",
        "mean_t_low",
        "mean_t_high",
      ],
      ...figures.map((figure) => [
        behavior,
        model,
        vectors,
        settings.type,
        String(layer),
        formatMultiplier(figure.multiplier),
        figure.category,
        String(figure.n),
        ...meanColumns(figure.score),
      ]),
    ]),
    latex: formatLatex([
      ["category", "n", ...multipliers.map(signed)],
      ...categories.map((category) => {
        const own = figures.filter((figure) => figure.category === category);
        return [
          category,
          String(own[0]?.n ?? 0),
          ...multipliers.map((multiplier) =>
            cellText(own.find((figure) => figure.multiplier === multiplier)?.score ?? null),
          ),
        ];
      }),
    ]),
  };
}

function figuresOf({ settings, summary, rows }: ChoiceCell): readonly CategoryFigure[] {
  const { confidence, seed } = summary;
  const byCategory = new Map<string, number[]>();
  for (const { category, score } of rows) {
    if (category !== null && score !== null) {
      byCategory.set(category, [...(byCategory.get(category) ?? []), score]);
    }
  }
  return [...byCategory].map(([category, scores]) => {
    const { mean, t, bootstrap } = meanWithIntervals(scores, {
      confidence,
      seed,
      range: { low: 0, high: 1 },
    });
    const score = { mean, t, bootstrap };
    return { category, multiplier: settings.multiplier, n: scores.length, score };
  });
}

interface CategoriesOptions {
  readonly title: PlotTitle;
  readonly score: string;
  readonly figures: readonly CategoryFigure[];
  readonly categories: readonly string[];
  readonly multipliers: readonly number[];
}

function categoriesSpec(options: CategoriesOptions): TopLevelSpec {
  const { title, score, figures, categories, multipliers } = options;
  const names = multipliers.map(formatMultiplier);
  const common = { field: "steered", type: "nominal" as const, title: "multiplier", sort: null };
  const color = {
    ...common,
    scale: { domain: names, range: [...multiplierColors(multipliers)] },
    legend: { symbolOpacity: 1, symbolSize: 60 },
  };
  const x = (field: "mean" | "low") => ({
    field,
    type: "quantitative" as const,
    title: `mean ${score}`,
    scale: { domain: [0, 1] },
    axis: { values: [0, 0.25, 0.5, 0.75, 1], format: ".2~f" },
  });
  return {
    $schema: "https://vega.github.io/schema/vega-lite/v6.json",
    config: CONFIG,
    title,
    width: 380,
    height: { step: ROW_HEIGHT * Math.max(2, multipliers.length + 1), for: "position" },
    data: {
      values: figures.map(({ category, multiplier, n, score: summary }) => ({
        category: `${category} (n = ${n})`,
        steered: formatMultiplier(multiplier),
        ...ends(summary),
      })),
    },
    encoding: {
      y: {
        field: "category",
        type: "ordinal",
        sort: categories.map(
          (category) =>
            `${category} (n = ${figures.find((figure) => figure.category === category)?.n ?? 0})`,
        ),
        title: "category",
        axis: { labelLimit: 260, grid: true },
      },
      yOffset: { field: "steered", type: "ordinal", sort: names },
    },
    layer: [
      {
        mark: { type: "rule", strokeWidth: 1.2, aria: false },
        encoding: { x: x("low"), x2: { field: "high" }, color },
      },
      {
        mark: { type: "point", filled: true, opacity: 1, size: 30, aria: false },
        encoding: {
          x: x("mean"),
          color,
          shape: {
            ...common,
            scale: {
              domain: names,
              range: names.map((_, i) => SHAPES[i % SHAPES.length] ?? "circle"),
            },
            legend: color.legend,
          },
        },
      },
    ],
  };
}
