import { vectorsOfControl } from "../controls/control.ts";
import type { ChoiceCell } from "../results/choice-cell.ts";
import { comparableForms } from "./against-multiplier.ts";
import { controlsBeside, plotBesideControls } from "./beside-controls.ts";
import { acrossBehaviors, bySystemPrompt, byWeights } from "./families.ts";
import { distinct, groupCells } from "./figures.ts";
import { withOwnNames } from "./own-names.ts";
import type { PlannedPlot } from "./plan-vector-plots.ts";
import { type Plot, plotLayers, plotMultipliers } from "./plot-ab-results.ts";
import {
  lineOf,
  plotBehaviorsAtLayer,
  plotSystemPrompts,
  plotWeights,
} from "./plot-against-multiplier.ts";
import { plotCategories } from "./plot-categories.ts";
import { plotLayerSweep } from "./plot-layer-sweep.ts";
import type { ResultPlotsOptions } from "./result-plots-options.ts";

/** What a plot of results shows, as its file's name begins. */
export type ResultPlotKind =
  | "behaviors"
  | "behaviors-scores"
  | "categories"
  | "effects"
  | "fine-tuning"
  | "layers"
  | "multipliers"
  | "scores"
  | "sweep"
  | "system-prompts";

/** A plot of results that is still to be drawn. */
export interface PlannedResultPlot extends PlannedPlot {
  readonly kind: ResultPlotKind;
  /** How many tests are in it, such as the behaviors that are its lines. */
  readonly tests: number;
}

/**
 * All plots of results of tests with two lettered answers. For each behavior, model and kind of vectors: the effect beside
 * that of controls, where these are among the cells, the score per layer and against the multiplier, with a line for each
 * system prompt where there are some, by category where items have one, and the model beside what was trained from it. For all behaviors of a model together: the
 * change over the layers, and the score against the multiplier.
 */
export function planResultPlots(
  cells: readonly ChoiceCell[],
  options: ResultPlotsOptions = {},
): readonly PlannedResultPlot[] {
  const isControl = ({ settings }: ChoiceCell): boolean =>
    vectorsOfControl(settings.vectors) !== null;
  const controls = cells.filter(isControl);
  const groups = groupCells(cells.filter((cell) => !isControl(cell)));
  const plan = (
    kind: ResultPlotKind,
    what: string,
    draw: () => Promise<Plot>,
    tests = 1,
  ): PlannedResultPlot => ({ kind, what, tests, draw });
  // Groups of the same settings differ in the hash of the model or of the data set.
  return withOwnNames([
    ...groups.flatMap((group) => {
      const of = `${group.settings.type} of ${group.behavior} on ${group.model}`;
      const beside = group.settings.type === "ab" ? controlsBeside(group, controls) : [];
      const severalLayers = distinct(group.figures.map((figure) => figure.layer)).length > 1;
      const categories = group.cells.some(({ rows }) => rows.some((row) => row.category !== null));
      return [
        ...(beside.length > 0
          ? [
              plan("effects", `${of}, beside controls`, () =>
                plotBesideControls(group, beside, options),
              ),
            ]
          : []),
        ...(severalLayers
          ? [plan("layers", `${of}, per layer`, () => plotLayers(group, options))]
          : []),
        plan("multipliers", `${of}, against the multiplier`, () => plotMultipliers(group, options)),
        ...(categories
          ? [
              plan("categories", `${of}, by category`, () =>
                plotCategories(group.name, group, options),
              ),
            ]
          : []),
      ];
    }),
    ...bySystemPrompt(groups)
      .filter((family) => family.groups.some(({ settings }) => settings.system !== null))
      .map((family) =>
        plan(
          "system-prompts",
          `system prompts of ${family.name}`,
          () => plotSystemPrompts(family, options),
          family.groups.length,
        ),
      ),
    ...byWeights(groups).flatMap((family) => {
      const lines = comparableForms(family.groups.map(lineOf));
      return lines.length === 0
        ? []
        : [
            plan(
              "fine-tuning",
              `fine-tuning, ${family.name}`,
              () => plotWeights(family, lines, options),
              lines.length,
            ),
          ];
    }),
    ...acrossBehaviors(groups).flatMap((family) => {
      const { name, groups: own } = family;
      const tests = own.length;
      return [
        plan("sweep", `layer sweep of ${name}`, () => plotLayerSweep(family, options), tests),
        ...(tests > 1
          ? [
              plan(
                "behaviors",
                `behaviors of ${name}`,
                () => plotBehaviorsAtLayer(family, options),
                tests,
              ),
            ]
          : []),
      ];
    }),
  ]);
}
