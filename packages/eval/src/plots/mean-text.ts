import type { MeanSummary } from "../results/summary-schema.ts";

/** A mean with the ends of its bootstrap interval, as pictures have it: the mean itself where there is none. */
export function ends(summary: MeanSummary | null): {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
} {
  const mean = summary?.mean ?? null;
  const { low, high } = summary?.bootstrap ?? { low: mean, high: mean };
  return { mean, low, high };
}

/** Mean, then the ends of the bootstrap and of Student's interval, as CSV has them: empty where not known. */
export function meanColumns(summary: MeanSummary | null): string[] {
  return [
    summary?.mean,
    summary?.bootstrap?.low,
    summary?.bootstrap?.high,
    summary?.t?.low,
    summary?.t?.high,
  ].map((value) => (value ?? "").toString());
}

/** Such as `0.56 [0.50, 0.62]`; empty without a mean. */
export function cellText(summary: MeanSummary | null): string {
  if (summary === null) {
    return "";
  }
  const { mean, bootstrap } = summary;
  const interval =
    bootstrap === null ? "" : ` [${bootstrap.low.toFixed(2)}, ${bootstrap.high.toFixed(2)}]`;
  return `${mean.toFixed(2)}${interval}`;
}

/** Such as `+1`, `0` and `-0.5`. */
export function signed(multiplier: number): string {
  return `${multiplier > 0 ? "+" : ""}${multiplier}`;
}

/** Such as `95 %`. */
export function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
