import { CaaError } from "@caa/core";
import { vectorsOfControl } from "../controls/control.ts";
import { effectsByLayer } from "../controls/effect.ts";
import { judgeLayers } from "../controls/judge-layers.ts";
import type { ControlRun } from "../controls/run-controls.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";
import { sweepName } from "../results/cell-name.ts";
import { plotEffects } from "./effects.ts";
import type { FigureGroup } from "./figures.ts";
import type { Plot } from "./plot-ab-results.ts";
import type { ResultPlotsOptions } from "./result-plots-options.ts";

/** The controls that ran beside a group: the same settings, model and items. By name. */
export function controlsBeside(
  { name, cells }: FigureGroup,
  controls: readonly ChoiceCell[],
): readonly ControlRun[] {
  const { model, dataset } = cells[0]?.hashes ?? {};
  const own = controls.filter(
    ({ settings, hashes }) =>
      sweepName({ ...settings, vectors: vectorsOfControl(settings.vectors) ?? "" }) === name &&
      hashes.model === model &&
      hashes.dataset === dataset,
  );
  const names = [...new Set(own.map(({ settings }) => settings.vectors))].sort();
  return names.map((control) => ({
    name: control,
    cells: own.filter(({ settings }) => settings.vectors === control),
  }));
}

/**
 * The effect at each layer beside that of controls, from the lowest to the highest multiplier.
 * @throws {CaaError} empty-selection for a single multiplier
 */
export async function plotBesideControls(
  { name, behavior, model, cells }: FigureGroup,
  controls: readonly ControlRun[],
  { title }: ResultPlotsOptions = {},
): Promise<Plot> {
  const judged = judgeLayers(cells, controls);
  if (judged === null) {
    const message = `effects of ${behavior}: expected results at two multipliers or more, got one`;
    throw new CaaError("empty-selection", message);
  }
  // Controls are the plain model at multiplier 0, as the vector is.
  const plain = cells.filter(({ settings }) => settings.multiplier === 0);
  const plot = await plotEffects({
    behavior,
    model,
    title,
    effects: judged.effects,
    controls: controls.map(({ name: control, cells: own }) => ({
      name: control,
      effects: effectsByLayer(
        [...plain, ...own.filter(({ settings }) => settings.multiplier !== 0)],
        judged.span,
      ),
    })),
    controlsAre: controls.map((control) => control.name).join(", "),
  });
  return { ...plot, name: `effects_${name}` };
}
