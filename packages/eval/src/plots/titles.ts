import type { Figure, FigureGroup } from "./figures.ts";

/** Below this mean letter mass a plot says that its figure means little. */
const SMALL_LETTER_MASS = 0.1;

/** What stands above a plot: what, on what, and how far to trust it. */
export function plotTitle(
  what: string,
  group: FigureGroup,
  figures: readonly Figure[],
): { readonly text: string; readonly subtitle: string[] } {
  const unscored = figures.reduce((sum, figure) => sum + figure.unscored, 0);
  const masses = figures.map((figure) => figure.letterMass.mean);
  const n = range(figures.map((figure) => figure.n));
  const subtitle = [
    clip(`${group.model}, ${group.vectors} vectors, n = ${n}`),
    clip(group.details.join(", ")),
    `Bands: ${Math.round(group.confidence * 100)} % bootstrap interval of the mean over items`,
  ];
  if (unscored > 0) {
    subtitle.push(`${unscored} answers could not be scored and are left out`);
  }
  if (Math.min(...masses) < SMALL_LETTER_MASS) {
    subtitle.push(
      `Letter mass down to ${Math.min(...masses).toPrecision(2)}: where it is small, p(matching) says little`,
    );
  }
  return { text: clip(`${group.behavior}: ${what}`), subtitle };
}

function range(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}

/** Longer lines would be wider than the plot. */
export function clip(text: string): string {
  return text.length > 84 ? `${text.slice(0, 81)}...` : text;
}
