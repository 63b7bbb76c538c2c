import { CaaError, type Interval } from "@caa/core";
import { z } from "zod";
import { sweepName } from "../results/cell-name.ts";
import { type OpenEndedSettings, openEndedSettingsSchema } from "../results/settings.ts";
import {
  comparableForms,
  plotAgainstMultiplier,
  type ScoreLine,
  type ScoreScale,
} from "./against-multiplier.ts";
import { detailsOf } from "./figures.ts";
import type { LinesBy } from "./line-labels.ts";
import { withOwnNames } from "./own-names.ts";
import type { PlannedResultPlot } from "./plan-result-plots.ts";
import type { ResultPlotsOptions } from "./result-plots-options.ts";

/** Open-ended answers of one layer and multiplier with a judge's scores; what `caa score` writes fits. */
export interface JudgedCell {
  /** `OpenEndedSettings` */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Of the model, among others. */
  readonly hashes: Readonly<Record<string, string>>;
  readonly judging: { readonly judge: { readonly model: string } };
  readonly summary: {
    readonly n: number;
    /** In [0, 10]; null when no answer was scored. */
    readonly mean: number | null;
    /** Bootstrap over answers. */
    readonly interval: Interval | null;
    readonly t: Interval | null;
    readonly confidence: number;
    /** Answers without a score, by reason. */
    readonly unscored: Readonly<Record<string, number>>;
  };
}

const SCALE: ScoreScale = {
  name: "mean score (0 to 10)",
  domain: [0, 10],
  labels: [0, 2, 4, 6, 8, 10],
};

interface Known extends Omit<JudgedCell, "settings"> {
  readonly settings: OpenEndedSettings;
}

/**
 * Plots of judged answers: for each behavior and model the mean score against the multiplier, a line for each system
 * prompt, one with a line for the model as it is and for each that was trained from it, and one for all behaviors of a
 * model together.
 * @throws {CaaError} invalid-data for cells whose settings are not those of open-ended answers
 */
export function planScorePlots(
  cells: readonly JudgedCell[],
  options: ResultPlotsOptions = {},
): readonly PlannedResultPlot[] {
  const known = cells.map(withSettings);
  const judgeOf = ({ judging }: Known): string => judging.judge.model;
  const plots = (
    kind: "behaviors-scores" | "fine-tuning" | "scores",
    by: LinesBy,
    rest: (settings: OpenEndedSettings) => OpenEndedSettings,
    heading: (settings: OpenEndedSettings) => string,
  ): readonly PlannedResultPlot[] =>
    [
      ...groupBy(known, (cell) => [
        sweepName(rest(cell.settings)),
        cell.hashes[by === "weights" ? "dataset" : "model"] ?? "",
        judgeOf(cell),
      ]).values(),
    ].flatMap((group) => {
      const [first] = group;
      if (first === undefined) {
        return [];
      }
      const lines = by === "weights" ? comparableForms(linesOf(group)) : linesOf(group);
      const name = sweepName(rest(first.settings));
      const draw: PlannedResultPlot["draw"] = () =>
        plotAgainstMultiplier(lines, {
          name: (at) => `${kind}_layer=${at}_${name}`,
          heading: (at) => `${heading(first.settings)}, layer ${at}`,
          details: detailsOf(rest(first.settings)),
          notes: [`judged by ${judgeOf(first)}`],
          scale: SCALE,
          ...options,
          by,
        });
      return [{ kind, what: `${kind} of ${name}`, tests: lines.length, draw }];
    });
  return withOwnNames([
    ...plots(
      "scores",
      "system prompt",
      (settings) => ({ ...settings, system: null, systemPrompt: null }),
      ({ behavior }) => `${behavior}: mean score of open-ended answers`,
    ),
    ...plots(
      "fine-tuning",
      "weights",
      (settings) => ({ ...settings, overrideWeights: null }),
      ({ behavior }) => `${behavior}: mean score with and without fine-tuning`,
    ).filter(({ tests }) => tests > 1),
    ...plots(
      "behaviors-scores",
      "behavior",
      (settings) => ({ ...settings, behavior: "all" }),
      () => "Mean score of open-ended answers",
    ).filter(({ tests }) => tests > 1),
  ]);
}

function withSettings(cell: JudgedCell): Known {
  const parsed = openEndedSettingsSchema.safeParse(cell.settings);
  if (!parsed.success) {
    const reason = z.prettifyError(parsed.error).replaceAll("\n", " ").slice(0, 300);
    const message = `plots: expected scores of open-ended answers, got other settings: ${reason}`;
    throw new CaaError("invalid-data", message);
  }
  return { ...cell, settings: parsed.data };
}

/** A line for all cells that differ in layer and multiplier only. */
function linesOf(cells: readonly Known[]): readonly ScoreLine[] {
  const groups = [
    ...groupBy(cells, ({ settings, hashes }) => [
      sweepName(settings),
      hashes["model"] ?? "",
    ]).values(),
  ];
  return groups.flatMap((group) => {
    const [first] = group;
    return first === undefined
      ? []
      : [
          {
            settings: first.settings,
            modelHash: first.hashes["model"] ?? "",
            confidence: first.summary.confidence,
            figures: group
              .map(({ settings: { layer, multiplier }, hashes, summary }) => ({
                layer,
                multiplier,
                n: summary.n,
                unscored: Object.values(summary.unscored).reduce((sum, count) => sum + count, 0),
                score:
                  summary.mean === null
                    ? null
                    : { mean: summary.mean, bootstrap: summary.interval, t: summary.t },
                letterMass: null,
                vector: multiplier === 0 ? null : (hashes["vector"] ?? null),
              }))
              .sort((a, b) => a.layer - b.layer || a.multiplier - b.multiplier),
          },
        ];
  });
}

function groupBy(
  cells: readonly Known[],
  key: (cell: Known) => readonly string[],
): ReadonlyMap<string, readonly Known[]> {
  const groups = new Map<string, Known[]>();
  for (const cell of cells) {
    const name = JSON.stringify(key(cell));
    const group = groups.get(name) ?? [];
    group.push(cell);
    groups.set(name, group);
  }
  return groups;
}
