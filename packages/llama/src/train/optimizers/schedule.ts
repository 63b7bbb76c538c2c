import { CaaError } from "@caa/core";

export const SCHEDULES = ["constant", "linear", "cosine"] as const;
export type ScheduleName = (typeof SCHEDULES)[number];

export interface ScheduleOptions {
  /** Steps in all. */
  readonly total: number;
  /** Steps over which the rate grows from 0. @default 0 */
  readonly warmup?: number | undefined;
}

/** What the learning rate is multiplied by at a step, 0-based. */
export type Schedule = (step: number) => number;

/**
 * The course of the learning rate: `step / warmup` at first, then, with x from 0 to 1 over the steps that are left,
 * 1 (`constant`), `1 - x` (`linear`) or `(1 + cos(pi x)) / 2` (`cosine`).
 *
 * @throws {CaaError} `invalid-argument` for steps that are no whole numbers, or more warmup than steps
 */
export function schedule(name: ScheduleName, { total, warmup = 0 }: ScheduleOptions): Schedule {
  if (!Number.isInteger(total) || !Number.isInteger(warmup) || warmup < 0 || total < warmup) {
    throw new CaaError(
      "invalid-argument",
      `schedule: expected warmup from 0 to all of the steps, got ${warmup} of ${total}`,
    );
  }
  const fall: Schedule = {
    constant: () => 1,
    linear: (x: number) => 1 - x,
    cosine: (x: number) => (1 + Math.cos(Math.PI * x)) / 2,
  }[name];
  return (step) =>
    step < warmup
      ? step / warmup
      : fall(Math.min(1, (step - warmup) / Math.max(1, total - warmup)));
}
