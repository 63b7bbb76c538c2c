// Orange and blue keep apart for every common color blindness. RGB, weak to strong.
const NEGATIVE = [
  [240, 160, 80],
  [176, 64, 0],
] as const;
const POSITIVE = [
  [110, 180, 225],
  [0, 84, 147],
] as const;
const WHITE = [255, 255, 255] as const;
const ZERO = "#555555";

/** Of plots with one line. */
export const POSITIVE_COLOR: string = mix(POSITIVE, 1);

/** A color for each multiplier: orange below 0, gray at 0, blue above; the further from 0 the darker. */
export function multiplierColors(multipliers: readonly number[]): readonly string[] {
  return multipliers.map((multiplier) => {
    if (multiplier === 0) {
      return ZERO;
    }
    const same = multipliers.filter((other) => Math.sign(other) === Math.sign(multiplier));
    const weaker = same.filter((other) => Math.abs(other) < Math.abs(multiplier)).length;
    return mix(
      multiplier < 0 ? NEGATIVE : POSITIVE,
      same.length === 1 ? 1 : weaker / (same.length - 1),
    );
  });
}

function mix(
  [weak, strong]: readonly [readonly number[], readonly number[]],
  share: number,
): string {
  const hex = weak.map((value, i) =>
    Math.round(value + ((strong[i] ?? value) - value) * share).toString(16),
  );
  return `#${hex.map((digits) => digits.padStart(2, "0")).join("")}`;
}

/** Of what is negative, where there are two kinds. */
export const NEGATIVE_COLOR: string = mix(NEGATIVE, 1);

/** For values in [-1, 1]: orange, white at 0, blue. */
export const DIVERGING: readonly [string, string, string] = [
  NEGATIVE_COLOR,
  "#ffffff",
  POSITIVE_COLOR,
];

/** The color of `DIVERGING` for a value in [-1, 1]; what is beyond has that of the end. */
export function divergingColor(value: number): string {
  const strong = value < 0 ? NEGATIVE[1] : POSITIVE[1];
  return mix([WHITE, strong], Math.min(1, Math.abs(value)));
}

/** For things without an order, told apart by shape too; the colors of Okabe and Ito without yellow. */
export const CATEGORIES: readonly string[] = [
  "#0072b2",
  "#d55e00",
  "#009e73",
  "#cc79a7",
  "#56b4e9",
  "#e69f00",
  "#000000",
];

export const SHAPES: readonly string[] = [
  "circle",
  "triangle-up",
  "square",
  "diamond",
  "cross",
  "triangle-down",
  "triangle-right",
];
