import { throwIfAborted } from "@caa/core";
import type { TrainingSession } from "../trainer/training-session.ts";
import type { EncodedAnswer } from "./answer-examples.ts";

/** How a model answers items that it was not trained on. */
export interface HeldOutAccuracy {
  readonly n: number;
  /** Share of items whose taught answer is more probable than the other. */
  readonly accuracy: number;
  /** Mean of `p(taught) / (p(taught) + p(other))`. */
  readonly share: number;
  /** Mean of `p(taught) + p(other)`: where it is small, the model wants to say something else. */
  readonly mass: number;
}

/** Null without items. @throws {CaaError} as `logProbabilities`; `aborted` */
export async function measureHeldOut(
  session: TrainingSession,
  items: readonly EncodedAnswer[],
  { signal, onItem }: { readonly signal?: AbortSignal | undefined; readonly onItem?: () => void },
): Promise<HeldOutAccuracy | null> {
  let correct = 0;
  let share = 0;
  let mass = 0;
  for (const { ids, target, other } of items) {
    throwIfAborted(signal);
    const position = ids.length - 1;
    const targets = [target, other].map((token) => ({ position, token }));
    const [logs = []] = await session.logProbabilities([{ ids, targets }]);
    const [taught = Number.NaN, rest = Number.NaN] = logs;
    correct += taught > rest ? 1 : 0;
    share += 1 / (1 + Math.exp(rest - taught)); // also where both are too small for a float
    mass += Math.exp(taught) + Math.exp(rest);
    onItem?.();
  }
  const n = items.length;
  return n === 0 ? null : { n, accuracy: correct / n, share: share / n, mass: mass / n };
}
