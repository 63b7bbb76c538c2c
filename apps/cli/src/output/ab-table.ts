import type { ChoiceCell } from "@caa/eval";
import { formatTable } from "./table.ts";

/** Below it most of the probability is on other tokens than the two letters, and p(matching) says little. */
export const SMALL_LETTER_MASS = 0.5;

/** p(matching) with its interval and the letter mass: a row per layer, three columns per multiplier. */
export function formatAbTable(cells: readonly ChoiceCell[]): string {
  const multipliers = distinct(cells.map((cell) => cell.settings.multiplier));
  const layers = distinct(cells.map((cell) => cell.settings.layer));
  const columns = [
    { title: "layer", align: "right" as const },
    ...multipliers.flatMap((multiplier) => [
      { title: `x ${multiplier}`, align: "right" as const },
      { title: "interval", align: "left" as const },
      { title: "mass", align: "right" as const },
    ]),
  ];
  const rows = layers.map((layer) => [
    String(layer),
    ...multipliers.flatMap((multiplier) => {
      const cell = cells.find(
        ({ settings }) => settings.layer === layer && settings.multiplier === multiplier,
      );
      return cell === undefined ? ["-", "", ""] : figuresOf(cell);
    }),
  ]);
  return formatTable(columns, rows);
}

/** Warns of a small letter mass and of items without a score; empty when there is nothing to say. */
export function abWarnings(cells: readonly ChoiceCell[]): readonly string[] {
  const masses = cells.map((cell) => cell.summary.letter_mass.mean);
  const small = masses.filter((mass) => mass < SMALL_LETTER_MASS);
  const unscored = cells.filter((cell) => cell.summary.unscored > 0);
  return [
    ...(small.length === 0
      ? []
      : [
          `warning: in ${small.length} of ${cells.length} cells the two letters have less than half of the probability (the least ${Math.min(...small).toFixed(2)}): the model mostly wants to say something else, and p(matching) says little there`,
        ]),
    ...(unscored.length === 0
      ? []
      : [`warning: ${unscored.length} of ${cells.length} cells have items without a score`]),
  ];
}

function figuresOf({ summary }: ChoiceCell): readonly string[] {
  const { p_matching, letter_mass } = summary;
  const interval = p_matching?.bootstrap ?? p_matching?.t ?? null;
  return [
    p_matching === null ? "no score" : p_matching.mean.toFixed(3),
    interval === null ? "" : `[${interval.low.toFixed(3)}, ${interval.high.toFixed(3)}]`,
    letter_mass.mean.toFixed(2) + (letter_mass.mean < SMALL_LETTER_MASS ? "!" : ""),
  ];
}

function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}
