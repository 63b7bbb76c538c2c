import type { MeanSummary } from "@caa/eval";

/** Two digits: doses span orders of magnitude. */
export function formatDose(dose: number | null): string {
  return dose === null ? "-" : String(Number(dose.toPrecision(2)));
}

/** A mean change with its sign. */
export function formatChange(change: MeanSummary | null): string {
  return change === null ? "no score" : signed(change.mean);
}

/** Of a mean change. */
export function formatInterval(change: MeanSummary | null): string {
  const interval = change?.bootstrap ?? change?.t ?? null;
  return interval === null ? "" : `[${signed(interval.low)}, ${signed(interval.high)}]`;
}

/** Three digits with their sign. */
export function signed(value: number): string {
  const text = value.toFixed(3);
  if (Number(text) === 0) {
    return "0.000";
  }
  return value > 0 ? `+${text}` : text;
}
