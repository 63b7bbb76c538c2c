import { throwIfAborted } from "@caa/core";
import type { ChoiceCell } from "@caa/eval";
import type { PlannedPlot } from "@caa/eval/plots";
import type { ScoredCell } from "@caa/scoring";
import type { CliDependencies } from "../dependencies.ts";
import { startProgress } from "../output/progress.ts";
import { drawPlot } from "../output/write-plots.ts";
import type { JudgedGroup } from "./finding.ts";
import type { Picture } from "./page.ts";

/** Plans of plots that have several tests in them, by how they begin. */
const TOGETHER: ReadonlyArray<readonly [start: string, caption: string]> = [
  ["system prompts of ", "A line for each system prompt"],
  ["layer sweep of ", "The change against multiplier 0 over the layers, a line for each behavior"],
  ["behaviors of ", "The score against the multiplier, a line for each behavior"],
  ["behaviors-scores of ", "The judge's mean score, a line for each behavior"],
];

export interface WantedPictures {
  readonly choice: readonly JudgedGroup[];
  /** Of each part with open-ended answers. */
  readonly scores: ReadonlyArray<readonly ScoredCell[]>;
}

export interface Pictures {
  /** In the order of the tests. */
  readonly choice: ReadonlyArray<readonly Picture[]>;
  readonly scores: ReadonlyArray<readonly Picture[]>;
  readonly together: readonly Picture[];
  /** What could not be drawn, and why. */
  readonly skipped: readonly string[];
}

type Captioned = PlannedPlot & { readonly caption: string };

/** Draws what the plots package plans for the results, each test by itself and then together. */
export async function drawPictures(
  { choice, scores }: WantedPictures,
  dependencies: CliDependencies,
): Promise<Pictures> {
  const { planResultPlots, planScorePlots } = await import("@caa/eval/plots");
  const plans = {
    choice: await Promise.all(
      choice.map(async (group) => [
        ...(await planEffects(group)),
        ...alone(planResultPlots(group.cells, layerOf(group))),
      ]),
    ),
    scores: scores.map((cells) => alone(planScorePlots(cells))),
    together: together([
      ...planResultPlots(choice.flatMap(({ cells }): readonly ChoiceCell[] => cells)),
      ...planScorePlots(scores.flat()),
    ]),
  };
  const total = [...plans.choice, ...plans.scores, plans.together].flat().length;
  const skipped: string[] = [];
  const progress = startProgress(dependencies, "plots", "plots");
  let done = 0;
  const draw = async (planned: readonly Captioned[]): Promise<readonly Picture[]> => {
    const drawn: Picture[] = [];
    for (const plan of planned) {
      throwIfAborted(dependencies.signal);
      progress.update(done, total);
      const plot = await drawPlot(plan);
      if (typeof plot === "string") {
        skipped.push(`not drawn: ${plot}`);
      } else {
        drawn.push({ svg: plot.svg, caption: plan.caption });
      }
      done += 1;
    }
    return drawn;
  };
  const all = async (
    planned: ReadonlyArray<readonly Captioned[]>,
  ): Promise<ReadonlyArray<readonly Picture[]>> => {
    const pictures: Array<readonly Picture[]> = [];
    for (const one of planned) {
      pictures.push(await draw(one));
    }
    return pictures;
  };
  try {
    return {
      choice: await all(plans.choice),
      scores: await all(plans.scores),
      together: await draw(plans.together),
      skipped,
    };
  } finally {
    progress.end();
  }
}

/** Other plots of the test show the layer that the finding is about. */
function layerOf({ best }: JudgedGroup): { readonly layer?: number } {
  return best === null ? {} : { layer: best.effect.layer };
}

/** The effect beside its controls, where there are some. */
async function planEffects(group: JudgedGroup): Promise<readonly Captioned[]> {
  const { effectsByLayer } = await import("@caa/eval");
  const { plotEffects } = await import("@caa/eval/plots");
  const { first, cells, controls, findings, label } = group;
  const { span } = findings;
  if (span === null || controls.length === 0 || first.settings.type !== "ab") {
    return [];
  }
  // Controls are the plain model at multiplier 0, as the vector is.
  const plain = cells.filter(({ settings }) => settings.multiplier === 0);
  const { behavior, model } = first.settings;
  return [
    {
      what: `effects of ${label}`,
      caption: `${label}: the difference at each layer beside that of its controls`,
      draw: () =>
        plotEffects({
          behavior,
          model,
          effects: findings.layers.map(({ effect }) => effect),
          controls: controls.map(({ name, cells: own }) => ({
            name,
            effects: effectsByLayer([...plain, ...own], span),
          })),
          controlsAre: controls.map(({ name }) => name).join(", "),
        }),
    },
  ];
}

function alone(plans: readonly PlannedPlot[]): readonly Captioned[] {
  return plans
    .filter(({ what }) => captionTogether(what) === null)
    .map((plan) => ({ ...plan, caption: plan.what }));
}

function together(plans: readonly PlannedPlot[]): readonly Captioned[] {
  return plans.flatMap((plan) => {
    const caption = captionTogether(plan.what);
    return caption === null ? [] : [{ ...plan, caption }];
  });
}

function captionTogether(what: string): string | null {
  return TOGETHER.find(([start]) => what.startsWith(start))?.[1] ?? null;
}
