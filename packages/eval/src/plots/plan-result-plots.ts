import type { ChoiceCell } from "../results/choice-cell.ts";
import { acrossBehaviors, bySystemPrompt } from "./families.ts";
import { distinct, groupCells } from "./figures.ts";
import type { PlannedPlot } from "./plan-vector-plots.ts";
import { type Plot, plotLayers, plotMultipliers } from "./plot-ab-results.ts";
import { plotBehaviorsAtLayer, plotSystemPrompts } from "./plot-against-multiplier.ts";
import { plotCategories } from "./plot-categories.ts";
import { plotLayerSweep } from "./plot-layer-sweep.ts";

export interface ResultPlotsOptions {
  /** Of plots at one layer. @default in each plot the layer where the score changes most */
  readonly layer?: number;
}

/**
 * All plots of results of tests with two lettered answers. For each behavior, model and kind of vectors: the score per
 * layer and against the multiplier, with a line for each system prompt where there are some, and by category where items
 * have one. For all behaviors of a model together: the change over the layers, and the score against the multiplier.
 */
export function planResultPlots(
  cells: readonly ChoiceCell[],
  { layer }: ResultPlotsOptions = {},
): readonly PlannedPlot[] {
  const groups = groupCells(cells);
  // Groups of the same settings differ in the hash of the model or of the data set.
  const seen = new Map<string, number>();
  const unique = async (drawn: Promise<Plot>): Promise<Plot> => {
    const plot = await drawn;
    const times = (seen.get(plot.name) ?? 0) + 1;
    seen.set(plot.name, times);
    return times === 1 ? plot : { ...plot, name: `${plot.name}_${times}` };
  };
  return [
    ...groups.flatMap((group) => {
      const of = `${group.settings.type} of ${group.behavior} on ${group.model}`;
      const categories = group.cells.some(({ rows }) => rows.some((row) => row.category !== null));
      const severalLayers = distinct(group.figures.map((figure) => figure.layer)).length > 1;
      return [
        ...(severalLayers
          ? [{ what: `${of}, per layer`, draw: () => unique(plotLayers(group)) }]
          : []),
        {
          what: `${of}, against the multiplier`,
          draw: () => unique(plotMultipliers(group, layer)),
        },
        ...(categories
          ? [
              {
                what: `${of}, by category`,
                draw: () => unique(plotCategories(group.name, group, layer)),
              },
            ]
          : []),
      ];
    }),
    ...bySystemPrompt(groups)
      .filter((family) => family.groups.some(({ settings }) => settings.system !== null))
      .map((family) => ({
        what: `system prompts of ${family.name}`,
        draw: () => unique(plotSystemPrompts(family, layer)),
      })),
    ...acrossBehaviors(groups).flatMap((family) => [
      { what: `layer sweep of ${family.name}`, draw: () => unique(plotLayerSweep(family)) },
      ...(family.groups.length < 2
        ? []
        : [
            {
              what: `behaviors of ${family.name}`,
              draw: () => unique(plotBehaviorsAtLayer(family, layer)),
            },
          ]),
    ]),
  ];
}
