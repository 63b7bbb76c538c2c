import { CaaError } from "@caa/core";
import { type Effect, effectsByLayer } from "../controls/effect.ts";
import { formatMultiplier } from "../results/cell-name.ts";
import { formatCsv } from "./csv.ts";
import { type Family, firstGroup } from "./families.ts";
import { distinct, type FigureGroup, scoreName } from "./figures.ts";
import { formatLatex } from "./latex.ts";
import { type LinePoint, linesSpec } from "./lines.ts";
import { cellText, ends, meanColumns, percent, signed } from "./mean-text.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import type { ResultPlotsOptions } from "./result-plots-options.ts";
import { symmetricLimit } from "./symmetric-limit.ts";
import { clip, countRange, massWarning, titled } from "./titles.ts";

/**
 * The change of the score against multiplier 0 at every layer, item by item, a line with its band for each behavior and a
 * panel for each multiplier.
 * @throws {CaaError} empty-selection when nothing was measured at multiplier 0 and another one
 */
export async function plotLayerSweep(
  { name, groups }: Family,
  { title }: ResultPlotsOptions = {},
): Promise<Plot> {
  const first = firstGroup(groups, "plotLayerSweep");
  const { model, vectors, details, confidence, settings } = first;
  const multipliers = distinct(
    groups.flatMap(({ figures }) => figures.map(({ multiplier }) => multiplier)),
  ).filter((multiplier) => multiplier !== 0);
  const effects = multipliers.flatMap((to) =>
    groups.flatMap(({ behavior, cells }) =>
      effectsByLayer(cells, { from: 0, to }).map((effect) => ({ behavior, effect })),
    ),
  );
  if (effects.length === 0) {
    const message = `plotLayerSweep: expected results at multiplier 0 and at another one, got multipliers ${distinct(groups.flatMap(({ figures }) => figures.map(({ multiplier }) => multiplier))).join(" ")}`;
    throw new CaaError("empty-selection", message);
  }
  const score = scoreName(settings.type);
  const points: LinePoint[] = effects.map(({ behavior, effect }) => ({
    panel: `multiplier ${signed(effect.to)}`,
    series: behavior,
    x: effect.layer,
    ...ends(effect.change),
  }));
  const { domain, labels } = symmetric(points);
  return {
    name: `sweep_${name}`,
    svg: await renderSvg(
      linesSpec({
        title: titled(
          {
            text: `Change of ${score} against multiplier 0, per layer`,
            subtitle: [
              clip(
                `${model}, ${vectors} vectors, n = ${countRange(effects.map(({ effect }) => effect.n))}`,
              ),
              clip(details.join(", ")),
              `Bands: ${percent(confidence)} bootstrap interval of the mean change over items`,
              ...massWarning(
                effects.map(({ effect }) => effect.letterMass),
                score,
              ),
            ],
          },
          title,
        ),
        xTitle: "layer",
        yTitle: `change of ${score}`,
        domain,
        labels,
        change: true,
        legendTitle: "behavior",
        series: groups.map(({ behavior }) => ({ name: behavior })),
        points,
      }),
    ),
    csv: formatCsv([
      [
        "behavior",
        "model",
        "vectors",
        "type",
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
      ],
      ...effects.map(({ behavior, effect }) => [
        behavior,
        model,
        vectors,
        settings.type,
        String(effect.layer),
        formatMultiplier(effect.from),
        formatMultiplier(effect.to),
        String(effect.n),
        ...meanColumns(effect.change),
        String(effect.letterMass),
      ]),
    ]),
    latex: sweepLatex(groups, effects, multipliers),
  };
}

/** The strongest layer of each behavior and multiplier. */
function sweepLatex(
  groups: readonly FigureGroup[],
  effects: ReadonlyArray<{ readonly behavior: string; readonly effect: Effect }>,
  multipliers: readonly number[],
): string {
  const rows = groups.map(({ behavior }) => [
    behavior,
    ...multipliers.flatMap((to) => {
      const own = effects.filter((one) => one.behavior === behavior && one.effect.to === to);
      const best = own
        .map(({ effect }) => effect)
        .reduce<Effect | null>(
          (far, next) =>
            Math.abs(next.change?.mean ?? 0) > Math.abs(far?.change?.mean ?? 0) ? next : far,
          own[0]?.effect ?? null,
        );
      return best === null ? ["", ""] : [String(best.layer), cellText(best.change)];
    }),
  ]);
  const head = multipliers.flatMap((to) => ["layer", `change at ${signed(to)}`]);
  return formatLatex([["behavior", ...head], ...rows]);
}

/** An axis around 0 that holds all points, in steps that read well. */
function symmetric(points: readonly LinePoint[]): {
  readonly domain: readonly [number, number];
  readonly labels: readonly number[];
} {
  const values = points.flatMap(({ mean, low, high }) => [mean, low, high].map(Number));
  const limit = symmetricLimit(values);
  return { domain: [-limit, limit], labels: [-limit, -limit / 2, 0, limit / 2, limit] };
}
