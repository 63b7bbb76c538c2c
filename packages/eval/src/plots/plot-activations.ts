import {
  activationsPca,
  type ComponentShares,
  type PairActivations,
} from "../analysis/activations-pca.ts";
import { formatCsv } from "./csv.ts";
import { plotFileName } from "./file-name.ts";
import { cloudSpec, formatShare } from "./plane.ts";
import type { Plot } from "./plot-ab-results.ts";
import { renderSvg } from "./render.ts";
import { clip } from "./titles.ts";

/** More points than this hide each other; the components and the figures are of all of them. */
const MAX_DRAWN_PAIRS = 500;

export interface PlotActivationsOptions extends PairActivations {
  readonly behavior: string;
  readonly model: string;
  readonly layer: number;
}

/**
 * The activations of all pairs at one layer in the plane of their two principal components: the color is the answer,
 * the marker its letter. The subtitle says how much of each component the answer and the letter explain.
 * @throws {CaaError} as `activationsPca`
 */
export async function plotActivations(options: PlotActivationsOptions): Promise<Plot> {
  const { behavior, model, layer, positive } = options;
  const { points, components } = activationsPca(options);
  const pairs = positive.length;
  const step = Math.ceil(pairs / MAX_DRAWN_PAIRS);
  const explained = ({ byAnswer, byLetter }: ComponentShares): string =>
    `the answer explains ${formatShare(byAnswer)}${byLetter === null ? "" : `, the letter ${formatShare(byLetter)}`}`;
  const [first, second] = components;
  return {
    name: plotFileName(`activations_layer=${layer}`, { behavior, model }),
    svg: await renderSvg(
      cloudSpec({
        title: {
          text: clip(`${behavior}: activations at layer ${layer}, two principal components`),
          subtitle: [
            clip(
              `${model}, n = ${pairs} pairs${step === 1 ? "" : `, every ${ordinal(step)} pair drawn`}`,
            ),
            `Of the variance along component 1 ${explained(first)},`,
            `of that along component 2 ${explained(second)}`,
          ],
        },
        explained: [first.variance, second.variance],
        points: points.filter(({ pair }) => pair % step === 0),
      }),
    ),
    csv: formatCsv([
      ["behavior", "model", "layer", "pair", "answer", "letter", "component_1", "component_2"],
      ...points.map(({ pair, answer, letter, x, y }) => [
        behavior,
        model,
        String(layer),
        String(pair),
        answer,
        letter ?? "",
        String(x),
        String(y),
      ]),
    ]),
  };
}

function ordinal(n: number): string {
  return n === 2 ? "second" : n === 3 ? "third" : `${n}th`;
}
