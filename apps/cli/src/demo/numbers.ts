import type { MeanSummary } from "@caa/eval";

/** With a sign and so many decimals: `+0.84`; what rounds to zero has none. */
export function signed(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return Number(text) === 0 ? text : `${value < 0 ? "-" : "+"}${text}`;
}

/** A change with its interval: `+0.84 [+0.73, +0.94]`. */
export function formatChange(change: MeanSummary | null, decimals: number): string {
  if (change === null) {
    return "no score";
  }
  const { mean, bootstrap } = change;
  const interval =
    bootstrap === null
      ? ""
      : ` [${signed(bootstrap.low, decimals)}, ${signed(bootstrap.high, decimals)}]`;
  return `${signed(mean, decimals)}${interval}`;
}

const FEWEST_DECIMALS = 2;
const MOST_DECIMALS = 5;

/** As many decimals as show two digits of the largest value. */
export function decimalsOf(values: readonly number[]): number {
  const largest = Math.max(0, ...values.map(Math.abs));
  return largest > 0
    ? Math.min(MOST_DECIMALS, Math.max(FEWEST_DECIMALS, 1 - Math.floor(Math.log10(largest))))
    : FEWEST_DECIMALS;
}

/** The decimals that a change with its interval needs. */
export function decimalsOfChange(change: MeanSummary | null): number {
  const { mean = 0, bootstrap } = change ?? {};
  return decimalsOf([mean, bootstrap?.low ?? 0, bootstrap?.high ?? 0]);
}

/** `-1`, `0`, `+0.5` */
export function formatMultiplier(multiplier: number): string {
  return multiplier > 0 ? `+${multiplier}` : String(multiplier);
}
