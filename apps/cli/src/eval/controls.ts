import type { Control } from "@caa/eval";
import type { EvalJob, EvalOptions } from "./evaluate.ts";

/** What runs beside a behavior's vectors. */
export interface PlannedControls {
  readonly controls: readonly Control[];
  /** All but 0, where a control is the plain model as the vector is. */
  readonly multipliers: readonly number[];
  /** Why there is less than there could be, in words; null where all is there. */
  readonly note: string | null;
}

/** Random directions of the vector's norm, and the vector of shuffled labels where it was kept. */
export async function controlsOf(
  { items, loaded, sweep }: EvalJob,
  { controls }: Pick<EvalOptions, "controls">,
): Promise<PlannedControls> {
  const multipliers = sweep.multipliers.filter((multiplier) => multiplier !== 0);
  if (controls === false || items.type === "open_ended" || multipliers.length === 0) {
    return { controls: [], multipliers, note: null };
  }
  const { randomControl, shuffledControl } = await import("@caa/eval");
  const random = Array.from({ length: controls }, (_, i) => randomControl(sweep.vectors, i + 1));
  const shuffled = shuffledControl(sweep.vectors);
  return {
    controls: shuffled === null ? random : [...random, shuffled],
    multipliers,
    note:
      shuffled === null
        ? `${loaded.path} has no label-shuffled vectors (made with --only-vectors), so the controls are random directions alone`
        : null,
  };
}
