import type { ChoiceCell, Effect, EffectVerdict, ItemMoves, Span, Steerability } from "@caa/eval";
import type { ChoiceRun } from "../eval/evaluate.ts";

/** What the cells of a run say together. */
export interface ChoiceFindings {
  /** Every cell but the plain ones against multiplier 0; empty where that was not measured. */
  readonly changes: ReadonlyArray<{
    readonly effect: Effect;
    readonly moves: ItemMoves;
    /** Mean of `||m v|| / ||h||`; null where it was not measured. */
    readonly dose: number | null;
  }>;
  /** From the lowest to the highest multiplier; null for one multiplier. */
  readonly span: Span | null;
  readonly layers: ReadonlyArray<{
    readonly effect: Effect;
    readonly steerability: Steerability | null;
    /** Null without controls. */
    readonly verdict: EffectVerdict | null;
    readonly largestControl: number | null;
    readonly inWords: string;
  }>;
  /** Where more steering gives less, in words. */
  readonly overshoots: readonly string[];
}

const IN_WORDS: Readonly<Record<EffectVerdict, string>> = {
  unmeasured: "too few scores to say",
  "covers-zero": "no effect found",
  "within-controls": "does not beat its controls",
  "stands-out": "beats its controls",
};

/** Puts a run's cells and controls beside each other. */
export async function findingsOf({
  cells,
  controls,
}: Pick<ChoiceRun, "cells" | "controls">): Promise<ChoiceFindings> {
  const { effectsByLayer, findOvershoots, itemMoves, judgeLayers, steerabilityByLayer } =
    await import("@caa/eval");
  const multipliers = [...new Set(cells.map(({ settings }) => settings.multiplier))];
  const changes = multipliers
    .filter((multiplier) => multiplier !== 0)
    .flatMap((to) => {
      const moves = itemMoves(cells, { from: 0, to });
      return effectsByLayer(cells, { from: 0, to }).flatMap((effect, i) => {
        const own = moves[i];
        const { summary } = cellOf(cells, effect.layer, to) ?? {};
        const dose = summary?.relative_dose?.mean ?? null;
        return own === undefined ? [] : [{ effect, moves: own, dose }];
      });
    })
    .sort((a, b) => a.effect.layer - b.effect.layer || a.effect.to - b.effect.to);
  const judged = judgeLayers(cells, controls);
  const steerability = steerabilityByLayer(cells);
  const layers = (judged?.effects ?? []).map((effect) => {
    const own = judged?.judged.find((one) => one.effect.layer === effect.layer) ?? null;
    const wrongWay = (effect.change?.mean ?? 0) < 0;
    return {
      effect,
      steerability: steerability.find(({ layer }) => layer === effect.layer) ?? null,
      verdict: own?.verdict ?? null,
      largestControl: own?.largestControl ?? null,
      inWords:
        own === null
          ? "no controls"
          : own.verdict === "stands-out" && wrongWay
            ? "beats its controls, against the behavior"
            : IN_WORDS[own.verdict],
    };
  });
  const overshoots = findOvershoots(cells).map(
    ({ layer, from, to, change }) =>
      `overshoot: at layer ${layer} multiplier ${to} does less than ${from}: it moves p(matching) back by ${Math.abs(change?.mean ?? 0).toFixed(3)}`,
  );
  return { changes, span: judged?.span ?? null, layers, overshoots };
}

function cellOf(
  cells: readonly ChoiceCell[],
  layer: number,
  multiplier: number,
): ChoiceCell | undefined {
  return cells.find(
    ({ settings }) => settings.layer === layer && settings.multiplier === multiplier,
  );
}
