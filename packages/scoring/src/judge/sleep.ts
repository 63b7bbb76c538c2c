import { setTimeout as wait } from "node:timers/promises";

/** Rejects when the signal fires. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;

export const sleepFor: Sleep = (milliseconds, signal) =>
  wait(milliseconds, undefined, signal === undefined ? {} : { signal });
