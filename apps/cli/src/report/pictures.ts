import { throwIfAborted } from "@caa/core";
import type { PlannedResultPlot, ResultPlotKind } from "@caa/eval/plots";
import type { ScoredCell } from "@caa/scoring";
import type { CliDependencies } from "../dependencies.ts";
import { startProgress } from "../output/progress.ts";
import { drawPlot } from "../output/write-plots.ts";
import type { JudgedGroup } from "./finding.ts";
import type { Picture } from "./page.ts";

const CAPTIONS: Readonly<Record<ResultPlotKind, string>> = {
  effects: "The difference between the ends at each layer, beside that of controls",
  layers: "The score at each layer, a line for each multiplier",
  multipliers: "The score against the multiplier, at one layer",
  categories: "The score by category, a dot for each multiplier",
  scores: "The judge's mean score against the multiplier",
  "system-prompts": "A line for each system prompt",
  sweep: "The change against multiplier 0 over the layers",
  "fine-tuning": "The model as it is beside what was trained from it, under the same steering",
  behaviors: "The score against the multiplier, a line for each behavior",
  "behaviors-scores": "The judge's mean score, a line for each behavior",
};

export interface WantedPictures {
  readonly choice: readonly JudgedGroup[];
  /** Of each part with open-ended answers. */
  readonly open: ReadonlyArray<{ readonly layer: number; readonly scores: readonly ScoredCell[] }>;
}

export interface Pictures {
  /** In the order of the tests. */
  readonly choice: ReadonlyArray<readonly Picture[]>;
  readonly open: ReadonlyArray<readonly Picture[]>;
  /** Of several tests. */
  readonly together: readonly Picture[];
  /** What could not be drawn, and why. */
  readonly skipped: readonly string[];
}

/** Draws what the plots package plans for the results, each test by itself and then together. */
export async function drawPictures(
  { choice, open }: WantedPictures,
  dependencies: CliDependencies,
): Promise<Pictures> {
  const { planResultPlots, planScorePlots } = await import("@caa/eval/plots");
  const all = choice.flatMap(({ cells }) => cells);
  const layers = new Set(all.map(({ settings }) => settings.layer));
  const plans = {
    choice: choice.map(({ cells, controls, best }) =>
      withoutTwice(
        // Plots at one layer show that of the finding.
        planResultPlots(
          [...cells, ...controls.flatMap((control) => control.cells)],
          best === null ? {} : { layer: best.effect.layer },
        ),
      ),
    ),
    open: open.map(({ layer, scores }) =>
      planScorePlots(
        scores,
        scores.some(({ settings }) => settings.layer === layer) ? { layer } : {},
      ),
    ),
    together: [
      ...planResultPlots(all),
      ...planScorePlots(open.flatMap(({ scores }) => scores)),
    ].filter(({ tests, kind }) => tests > 1 && (kind !== "sweep" || layers.size > 1)),
  };
  const total = [...plans.choice, ...plans.open, plans.together].flat().length;
  const skipped: string[] = [];
  const progress = startProgress(dependencies, "plots", "plots");
  let done = 0;
  const draw = async (planned: readonly PlannedResultPlot[]): Promise<readonly Picture[]> => {
    const drawn: Picture[] = [];
    for (const plan of planned) {
      throwIfAborted(dependencies.signal);
      progress.update(done, total);
      const plot = await drawPlot(plan);
      if (typeof plot === "string") {
        skipped.push(`not drawn: ${plot}`);
      } else {
        const { svg, table } = plot;
        const caption = CAPTIONS[plan.kind];
        drawn.push({
          svg,
          caption,
          ...(plan.kind === "fine-tuning" && table !== undefined ? { table } : {}),
        });
      }
      done += 1;
    }
    return drawn;
  };
  const drawAll = async (
    planned: ReadonlyArray<readonly PlannedResultPlot[]>,
  ): Promise<ReadonlyArray<readonly Picture[]>> => {
    const pictures: Array<readonly Picture[]> = [];
    for (const one of planned) {
      pictures.push(await draw(one));
    }
    return pictures;
  };
  try {
    return {
      choice: await drawAll(plans.choice),
      open: await drawAll(plans.open),
      together: await draw(plans.together),
      skipped,
    };
  } finally {
    progress.end();
  }
}

/** Where the effect stands beside controls, the change over the layers says less of the same. */
function withoutTwice(plans: readonly PlannedResultPlot[]): readonly PlannedResultPlot[] {
  const beside = plans.some(({ kind }) => kind === "effects");
  return plans.filter(({ kind }) => !(beside && kind === "sweep"));
}
