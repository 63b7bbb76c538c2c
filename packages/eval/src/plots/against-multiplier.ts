import { CaaError } from "@caa/core";
import { formatMultiplier } from "../results/cell-name.ts";
import type { SweepSettings } from "../results/settings.ts";
import type { MeanSummary } from "../results/summary-schema.ts";
import { formatCsv } from "./csv.ts";
import { distinct, SYSTEM_PROMPTS } from "./figures.ts";
import { formatLatex } from "./latex.ts";
import { linesSpec } from "./lines.ts";
import { cellText, ends, meanColumns, percent, signed } from "./mean-text.ts";
import { NEGATIVE_COLOR, POSITIVE_COLOR } from "./palette.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import { clip, countRange, massWarning } from "./titles.ts";

const NO_SYSTEM_PROMPT = "no system prompt";

/** The mean score of one cell. */
export interface ScoreFigure {
  readonly layer: number;
  readonly multiplier: number;
  readonly n: number;
  readonly unscored: number;
  readonly score: MeanSummary | null;
  /** Null for tests without letters. */
  readonly letterMass: number | null;
}

/** The figures of cells that differ in layer and multiplier only. */
export interface ScoreLine {
  readonly settings: SweepSettings;
  readonly confidence: number;
  readonly figures: readonly ScoreFigure[];
}

/** What a score is called and where it may lie. */
export interface ScoreScale {
  readonly name: string;
  readonly domain: readonly [number, number];
  readonly labels: readonly number[];
}

export interface AgainstMultiplierOptions {
  /** Of the file. */
  readonly name: (layer: number) => string;
  readonly title: (layer: number) => string;
  /** Settings that all lines share, in words. */
  readonly details: readonly string[];
  readonly scale: ScoreScale;
  /** @default where the scores change most */
  readonly layer?: number | undefined;
  /** What tells the lines apart. */
  readonly by: "behavior" | "system prompt";
  /** More for the subtitle. */
  readonly notes?: readonly string[];
}

/**
 * Scores against the multiplier at one layer, a line with its band for each behavior or system prompt.
 * @throws {CaaError} empty-selection without lines; not-found when the layer was not measured
 */
export async function plotAgainstMultiplier(
  lines: readonly ScoreLine[],
  options: AgainstMultiplierOptions,
): Promise<Plot> {
  const { details, scale, by, notes = [] } = options;
  const layer = options.layer ?? steepest(lines);
  const labeled = lines
    .map((line) => ({
      ...line,
      label: by === "behavior" ? line.settings.behavior : systemName(line, lines),
      figures: line.figures.filter((figure) => figure.layer === layer),
    }))
    .sort((a, b) => (by === "behavior" ? 0 : rank(a.label) - rank(b.label)));
  const all = labeled.flatMap(({ figures }) => figures);
  const [first] = labeled;
  if (first === undefined || all.length === 0) {
    const layers = distinct(lines.flatMap((line) => line.figures.map((one) => one.layer)));
    const message = `plots: expected a measured layer, got ${layer}; there: ${layers.join(" ")}`;
    const code = lines.length === 0 ? "empty-selection" : "not-found";
    throw new CaaError(code, message, { facts: { layer, layers } });
  }
  const { model, vectors, type } = first.settings;
  const unscored = all.reduce((sum, figure) => sum + figure.unscored, 0);
  const multipliers = distinct(all.map(({ multiplier }) => multiplier));
  return {
    name: options.name(layer),
    svg: await renderSvg(
      linesSpec({
        title: {
          text: clip(options.title(layer)),
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
        xTitle: "multiplier",
        yTitle: scale.name,
        domain: scale.domain,
        labels: scale.labels,
        legendTitle: by === "behavior" ? by : null,
        series: labeled.map(({ label }) => {
          const color = SYSTEM_COLORS[label];
          return color === undefined ? { name: label } : { name: label, color };
        }),
        points: labeled.flatMap(({ label, figures }) =>
          figures.map(({ multiplier, score }) => ({
            panel: "",
            series: label,
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
    latex: formatLatex([
      [by, ...multipliers.map(signed)],
      ...labeled.map(({ label, figures }) => [
        label,
        ...multipliers.map((multiplier) =>
          cellText(figures.find((figure) => figure.multiplier === multiplier)?.score ?? null),
        ),
      ]),
    ]),
  };
}

const SYSTEM_ORDER: readonly string[] = [SYSTEM_PROMPTS.pos, NO_SYSTEM_PROMPT, SYSTEM_PROMPTS.neg];
const SYSTEM_COLORS: Readonly<Record<string, string>> = {
  [SYSTEM_PROMPTS.pos]: POSITIVE_COLOR,
  [NO_SYSTEM_PROMPT]: "#555555",
  [SYSTEM_PROMPTS.neg]: NEGATIVE_COLOR,
};

/** Prompts of one's own come last. */
function rank(label: string): number {
  const at = SYSTEM_ORDER.indexOf(label);
  return at === -1 ? SYSTEM_ORDER.length : at;
}

/** Several prompts of one's own are numbered. */
function systemName(line: ScoreLine, lines: readonly ScoreLine[]): string {
  const { system, systemPrompt } = line.settings;
  if (system === null) {
    return NO_SYSTEM_PROMPT;
  }
  if (systemPrompt !== null) {
    return SYSTEM_PROMPTS[systemPrompt];
  }
  const own = lines.filter(
    ({ settings }) => settings.system !== null && settings.systemPrompt === null,
  );
  return own.length === 1 ? SYSTEM_PROMPTS.own : `${SYSTEM_PROMPTS.own} ${own.indexOf(line) + 1}`;
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
