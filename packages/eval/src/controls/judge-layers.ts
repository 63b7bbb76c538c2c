import type { ChoiceCell } from "../results/choice-cell.ts";
import { type Effect, effectsByLayer, type Span } from "./effect.ts";
import { judgeEffect, type JudgedEffect } from "./judge-effect.ts";
import type { ControlRun } from "./run-controls.ts";

/** What may be said of each layer. */
export interface JudgedLayers {
  /** The lowest and the highest multiplier. */
  readonly span: Span;
  /** By layer. */
  readonly effects: readonly Effect[];
  /** By layer, beside the controls; layers where no control has a score are left out. */
  readonly judged: readonly JudgedEffect[];
}

/**
 * The effect from the lowest to the highest multiplier at each layer, beside that of controls. Controls need no cells of
 * multiplier 0: that is the plain model, whatever the vector.
 * @param cells of one behavior and one kind of vectors
 * @returns null for a single multiplier, which has no effect to judge
 * @throws {CaaError} as `effectsByLayer`
 */
export function judgeLayers(
  cells: readonly ChoiceCell[],
  controls: ReadonlyArray<Pick<ControlRun, "cells">>,
): JudgedLayers | null {
  const multipliers = cells.map(({ settings }) => settings.multiplier);
  const span = { from: Math.min(...multipliers), to: Math.max(...multipliers) };
  if (!(span.from < span.to)) {
    return null;
  }
  const plain = cells.filter(({ settings }) => settings.multiplier === 0);
  const effects = effectsByLayer(cells, span);
  const others = controls.flatMap((control) => {
    const own = control.cells.filter(({ settings }) => settings.multiplier !== 0);
    return effectsByLayer([...plain, ...own], span);
  });
  const known = new Set(others.flatMap(({ layer, change }) => (change === null ? [] : [layer])));
  const judged = effects
    .filter(({ layer }) => known.has(layer))
    .map((effect) => judgeEffect(effect, others));
  return { span, effects, judged };
}
