import type { CallOptions, PromptText, SteeredSpan } from "./steerable-model.ts";
import type { Steering } from "./steering.ts";

/**
 * Where the logit lens reads inside a decoder block, in the order of the computation: what attention adds to the residual
 * stream, the stream after that, what the MLP adds, and the stream after the block, steering included.
 */
export const LENS_PLACES = [
  "attention-output",
  "residual-after-attention",
  "mlp-output",
  "block-output",
] as const;
export type LensPlace = (typeof LENS_PLACES)[number];

export interface LensOptions extends CallOptions {
  /** Which layers, ascending, 0-based. */
  readonly layers: readonly number[];
  /** Which tokens, by index, ascending; `last` is the last one of prompt and answer. @default "last" */
  readonly positions?: "last" | "all" | readonly number[];
  /** How many of the likeliest tokens. @default 10 */
  readonly top?: number;
  /** @default the plain model */
  readonly steering?: Steering;
}

/** A token that the model would write next. */
export interface LensToken {
  readonly id: number;
  readonly text: string;
  /** Softmax over the whole vocabulary, in [0, 1]. */
  readonly probability: number;
}

/** What one place of one layer says at one token. */
export interface LensCell {
  readonly layer: number;
  readonly position: number;
  readonly place: LensPlace;
  /** The likeliest first. */
  readonly top: readonly LensToken[];
}

/** The logit lens of one text (nostalgebraist, "interpreting GPT: the logit lens", 2020): `softmax(lm_head(norm(h)))`. */
export interface LensReading {
  /** Every token of prompt and answer. */
  readonly tokens: ReadonlyArray<{ readonly id: number; readonly text: string }>;
  readonly steered: SteeredSpan | null;
  /** By layer, then position, then place in the order of `LENS_PLACES`. */
  readonly cells: readonly LensCell[];
}

/** A text to look into: a prompt, and an answer as far as it is given. */
export interface ReadText extends PromptText {
  /** @default none */
  readonly answer?: string;
}
