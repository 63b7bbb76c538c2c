import { CaaError } from "@caa/core";
import { sweepName } from "../results/cell-name.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";
import type { ChoiceSettings, SweepSettings } from "../results/settings.ts";
import type { MeanSummary } from "../results/summary-schema.ts";

/** The figures of one cell, as plots and tables use them. */
export interface Figure {
  readonly layer: number;
  readonly multiplier: number;
  readonly n: number;
  readonly unscored: number;
  /** Null when no item could be scored. */
  readonly pMatching: MeanSummary | null;
  readonly letterMass: MeanSummary;
  /** Hash of the vector that acted; null without steering. */
  readonly vector: string | null;
}

/** Cells that differ in layer and multiplier only. */
export interface FigureGroup {
  /** Names the settings that the cells share. */
  readonly name: string;
  readonly behavior: string;
  readonly model: string;
  readonly vectors: string;
  /** What else tells this group from others of the same behavior, model and vectors, such as `limit=50`. */
  readonly details: readonly string[];
  readonly confidence: number;
  /** By layer, then multiplier. */
  readonly figures: readonly Figure[];
  /** What the cells share. */
  readonly settings: SweepSettings<ChoiceSettings>;
  /** Of the model that was run. */
  readonly modelHash: string;
  readonly cells: readonly ChoiceCell[];
}

/** Cells put together by all settings but layer and multiplier, and by the hashes of model and data set. */
export function groupCells(cells: readonly ChoiceCell[]): readonly FigureGroup[] {
  const groups = new Map<string, ChoiceCell[]>();
  for (const cell of cells) {
    const { layer: _, multiplier: __, ...common } = cell.settings;
    const key = JSON.stringify([common, cell.hashes.model, cell.hashes.dataset]);
    const group = groups.get(key);
    if (group === undefined) {
      groups.set(key, [cell]);
    } else {
      group.push(cell);
    }
  }
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    return first === undefined ? [] : [toGroup(first, group)];
  });
}

/** A line through cells of different vectors would show what no vector does. */
function checkOneVector(cells: readonly ChoiceCell[]): void {
  const byLayer = new Map<number, string>();
  for (const { settings, hashes } of cells) {
    const { behavior, layer } = settings;
    const other = byLayer.get(layer) ?? hashes.vector;
    if (other !== hashes.vector) {
      throw new CaaError(
        "invalid-data",
        `${behavior}, layer ${layer}: expected cells of one vector, got cells of several; measure them again with --overwrite`,
        { facts: { behavior, layer } },
      );
    }
    byLayer.set(layer, other);
  }
}

function toGroup(first: ChoiceCell, cells: readonly ChoiceCell[]): FigureGroup {
  checkOneVector(cells);
  const { settings } = first;
  const figures = cells
    .map(({ settings: { layer, multiplier }, hashes, summary }) => ({
      layer,
      multiplier,
      n: summary.n,
      unscored: summary.unscored,
      pMatching: summary.p_matching,
      letterMass: summary.letter_mass,
      vector: multiplier === 0 ? null : hashes.vector,
    }))
    .sort((a, b) => a.layer - b.layer || a.multiplier - b.multiplier);
  const { layer: _, multiplier: __, ...shared } = settings;
  const { behavior, model, vectors } = settings;
  return {
    name: sweepName(settings),
    behavior,
    model,
    vectors,
    details: detailsOf(settings),
    confidence: first.summary.confidence,
    figures,
    settings: shared,
    modelHash: first.hashes.model,
    cells,
  };
}

/** Settings that are not in the title, in words. */
export function detailsOf(settings: SweepSettings): readonly string[] {
  return [
    ...(settings.overrideWeights === null ? [] : [`weights of ${settings.overrideWeights}`]),
    `prompt=${settings.promptStyle}`,
    `dtype=${settings.dtype}`,
    ...(settings.operation === "add" ? [] : [`operation=${settings.operation}`]),
    ...(settings.positions === "marker" ? [] : [`positions=${settings.positions}`]),
    ...(settings.overrideVector === null ? [] : [`vector of layer ${settings.overrideVector}`]),
    ...(settings.overrideVectorModel === null
      ? []
      : [`vectors of ${settings.overrideVectorModel}`]),
    ...(settings.system === null ? [] : [SYSTEM_PROMPTS[settings.systemPrompt ?? "own"]]),
    ...(settings.limit === null ? [] : [`limit=${settings.limit}`]),
  ];
}

/** How system prompts are called, by what they ask for. */
export const SYSTEM_PROMPTS = {
  pos: "positive system prompt",
  neg: "negative system prompt",
  own: "own system prompt",
} as const;

/** What the score of a test is called. */
export function scoreName(type: ChoiceSettings["type"]): string {
  return type === "ab" ? "p(matching)" : "p(correct)";
}

/** Values once each, ascending. */
export function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
