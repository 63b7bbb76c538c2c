import { type Figure, type FigureGroup, scoreName } from "./figures.ts";

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
  const n = countRange(figures.map((figure) => figure.n));
  const subtitle = [
    clip(`${group.model}, ${group.vectors} vectors, n = ${n}`),
    clip(group.details.join(", ")),
    `Bands: ${Math.round(group.confidence * 100)} % bootstrap interval of the mean over items`,
  ];
  if (unscored > 0) {
    subtitle.push(`${unscored} answers could not be scored and are left out`);
  }
  subtitle.push(...massWarning(masses, scoreName(group.settings.type)));
  return { text: clip(`${group.behavior}: ${what}`), subtitle };
}

/** What a plot says where the model rarely answers with a letter; nothing where it does. */
export function massWarning(masses: readonly number[], score: string): readonly string[] {
  const least = Math.min(...masses);
  return least < SMALL_LETTER_MASS
    ? [`Letter mass down to ${least.toPrecision(2)}: where it is small, ${score} says little`]
    : [];
}

/** Such as `50`, or `48 to 50`. */
export function countRange(values: readonly number[]): string {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  return low === high ? String(low) : `${low} to ${high}`;
}

/** Longer lines would be wider than the plot. */
export function clip(text: string): string {
  return text.length > 84 ? `${text.slice(0, 81)}...` : text;
}
