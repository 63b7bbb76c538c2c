import { setTimeout as wait } from "node:timers/promises";

/** Rejects when the signal fires. */
export type Sleep = (milliseconds: number, signal?: AbortSignal) => Promise<unknown>;

export const sleepFor: Sleep = (milliseconds, signal) =>
  wait(milliseconds, undefined, signal === undefined ? {} : { signal: ofItsOwn(signal) });

/**
 * A signal that fires with another. The SDK leaves its listeners on the signals that it is given, and Node warns of more
 * than ten on one: each request and each wait gets its own.
 */
export function ofItsOwn(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal]);
}
