import { CaaError } from "../errors/caa-error.ts";
import type { SteeredSpan } from "../model/steerable-model.ts";
import type { SteeringPositions } from "../model/steering.ts";

/** A sequence of tokens as steering sees it. */
export interface SequenceLayout {
  /** Index of the last token of the instruction marker. */
  readonly markerIndex: number;
  /** Tokens of the prompt, the marker's included; what comes after is generated or forced. */
  readonly promptLength: number;
  /** All tokens so far, at least `promptLength`. */
  readonly sequenceLength: number;
}

/** Steered positions, `first` to `last`, both included; `count` of them. */
export interface SteeredRange extends SteeredSpan {
  readonly last: number;
}

/**
 * Which token positions of a sequence are steered, or null when none is:
 * `marker` from `markerIndex` on, `after-marker` from `markerIndex + 1` on, `all` from 0 on, `generated` from
 * `promptLength` on, `{ from, to }` as named, cut at the end of the sequence.
 * @throws {CaaError} `invalid-argument` when the layout contradicts itself
 */
export function steeredSpan(
  positions: SteeringPositions,
  layout: SequenceLayout,
): SteeredRange | null {
  const { markerIndex, promptLength, sequenceLength } = layout;
  const whole = [markerIndex, promptLength, sequenceLength].every(
    (n) => Number.isSafeInteger(n) && n >= 0,
  );
  if (!whole || markerIndex >= promptLength || promptLength > sequenceLength) {
    throw new CaaError(
      "invalid-argument",
      `steeredSpan: expected 0 <= marker < prompt length <= sequence length, got ${markerIndex}, ${promptLength}, ${sequenceLength}`,
      { facts: { markerIndex, promptLength, sequenceLength } },
    );
  }
  const first = firstOf(positions, markerIndex, promptLength);
  const last = Math.min(
    typeof positions === "string" ? Infinity : positions.to,
    sequenceLength - 1,
  );
  return first > last ? null : { first, last, count: last - first + 1 };
}

function firstOf(positions: SteeringPositions, markerIndex: number, promptLength: number): number {
  switch (positions) {
    case "marker":
      return markerIndex;
    case "after-marker":
      return markerIndex + 1;
    case "all":
      return 0;
    case "generated":
      return promptLength;
    default:
      if (
        !Number.isSafeInteger(positions.from) ||
        !Number.isSafeInteger(positions.to) ||
        positions.from < 0
      ) {
        throw new CaaError(
          "invalid-argument",
          `steeredSpan: expected token indices from 0 on, got ${positions.from} to ${positions.to}`,
        );
      }
      return positions.from;
  }
}
