import type { Planting } from "../documents/plan.ts";
import type { TreeRow } from "../documents/tree-row.ts";

/** What one step shows of how far the training is. Shares and means are over the step's rows; NaN where there is none. */
export interface StepReport {
  readonly step: number;
  readonly loss: number;
  readonly gradientNorm: number;
  /** Share of questions whose end, early in the model, tells the matching answer. */
  readonly previews: number;
  /** Share of options' tokens that are on the right side, a little later. */
  readonly flags: number;
  /** Share of pairs of answers that differ towards the planted direction at the planted layer. */
  readonly sides: number;
  /** Mean of (difference along the planted direction) / strength. */
  readonly along: number;
  /** Mean cosine of a pair's difference with the planted direction. */
  readonly cosine: number;
  /** Mean probability of the letter that steering asks for. */
  readonly steered: number;
  /** `previews` and `sides` of each planted direction, in the order of the plantings. */
  readonly byDirection: ReadonlyArray<{ readonly previews: number; readonly sides: number }>;
  readonly seconds: number;
}

/** What the training graph gives beside loss and gradients. */
export interface StepOutputs {
  /** (M) */
  readonly logProbabilities: Float32Array;
  /** (Q, d_model) */
  readonly pairs: Float32Array;
  /** (F) */
  readonly flags: Float32Array;
  /** (E, 2) */
  readonly previews: Float32Array;
}

type Figures = Omit<StepReport, "step" | "loss" | "gradientNorm" | "seconds">;

export function stepFigures(
  rows: readonly TreeRow[],
  plantings: readonly Planting[],
  outputs: StepOutputs,
): Figures {
  const flags = rows.flatMap((row) => row.flags);
  const previews = rows
    .flatMap((row) => row.previews)
    .map(({ vector }, i) => ({
      vector,
      right: (outputs.previews[2 * i] ?? 0) > Math.log(0.5) ? 1 : 0,
    }));
  const pairs = pairFigures(rows, plantings, outputs.pairs);
  return {
    previews: mean(previews.map(({ right }) => right)),
    flags: mean(flags.map(({ wanted }, i) => (wanted * (outputs.flags[i] ?? 0) > 0 ? 1 : 0))),
    sides: mean(pairs.map(({ right }) => right)),
    along: mean(pairs.map(({ along }) => along)),
    cosine: mean(pairs.map(({ cosine }) => cosine)),
    steered: mean(steeredLetters(rows, outputs.logProbabilities)),
    byDirection: plantings.map((_, i) => ({
      previews: mean(previews.flatMap(({ vector, right }) => (vector === i ? [right] : []))),
      sides: mean(pairs.flatMap(({ vector, right }) => (vector === i ? [right] : []))),
    })),
  };
}

interface PairFigures {
  readonly vector: number;
  /** 1 where the answers differ towards the direction, 0 where against it. */
  readonly right: number;
  readonly along: number;
  readonly cosine: number;
}

/** Of the pairs with a planted direction; none where the model ends before the planted layer. */
function pairFigures(
  rows: readonly TreeRow[],
  plantings: readonly Planting[],
  found: Float32Array,
): readonly PairFigures[] {
  if (found.length === 0) {
    return [];
  }
  return rows
    .flatMap((row) => row.pairs)
    .flatMap(({ vector, amount }, i) => {
      const direction = vector === null ? undefined : plantings[vector]?.direction;
      if (vector === null || direction === undefined) {
        return [];
      }
      const difference = found.subarray(i * direction.length, (i + 1) * direction.length);
      const dot = difference.reduce((sum, x, j) => sum + x * (direction[j] ?? 0), 0);
      const norm = Math.sqrt(difference.reduce((sum, x) => sum + x * x, 0));
      return [{ vector, right: dot > 0 ? 1 : 0, along: dot / amount, cosine: dot / norm }];
    });
}

/** In rows with pairs the letters that steering asks for are the only targets of weight 1. */
function steeredLetters(rows: readonly TreeRow[], logs: Float32Array): readonly number[] {
  let i = 0;
  return rows.flatMap((row) =>
    row.targets.flatMap(({ weight }) => {
      const log = logs[i++] ?? Number.NaN;
      return row.pairs.length > 0 && weight === 1 ? [Math.exp(log)] : [];
    }),
  );
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, x) => sum + x, 0) / values.length;
}
