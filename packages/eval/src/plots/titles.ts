import { type Figure, type FigureGroup, scoreName } from "./figures.ts";

/** Below this mean letter mass a plot says that its figure means little. */
const SMALL_LETTER_MASS = 0.1;

export interface PlotTitle {
  readonly text: string | string[];
  readonly subtitle: string[];
}

/** Longest line of a title of the caller's own, in characters: about the width of a plot. */
const TITLE_WIDTH = 60;

/** A title of the caller's own in the place of one, which then begins the subtitle. */
export function titled(
  own: { readonly text: string; readonly subtitle: string[] },
  title: string | undefined,
): PlotTitle {
  return title === undefined ? own : { text: wrap(title), subtitle: [own.text, ...own.subtitle] };
}

function wrap(text: string): string[] {
  const lines: string[] = [];
  for (const word of text.split(/\s+/).filter((one) => one !== "")) {
    const longer = [...lines.slice(-1), word].join(" ");
    if (lines.length > 0 && longer.length <= TITLE_WIDTH) {
      lines.splice(-1, 1, longer);
    } else {
      lines.push(word);
    }
  }
  return lines;
}

/** What stands above a plot: what, on what, and how far to trust it. */
export function plotTitle(
  what: string,
  group: FigureGroup,
  figures: readonly Figure[],
  title?: string,
): PlotTitle {
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
  return titled({ text: clip(`${group.behavior}: ${what}`), subtitle }, title);
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
