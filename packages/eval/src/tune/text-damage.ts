import {
  CaaError,
  type AnsweredPrompt,
  type SteerableModel,
  type Steering,
  throwIfAborted,
} from "@caa/core";
import { exponential } from "../open-ended/summary.ts";
import type { MeanSummary } from "../results/summary-schema.ts";
import { summaryOf } from "./grid.ts";

/** What steering does to the expectation of texts that it should leave alone. */
export interface TextDamage {
  /** Texts, without the empty ones. */
  readonly n: number;
  /** Mean over texts of the mean over tokens of `KL(plain || steered)` of the next token, in nats. */
  readonly divergence: MeanSummary;
  /** Perplexity under steering over that without: `exp(mean over texts of the mean over tokens of (log p - log p steered))`. */
  readonly perplexityRatio: MeanSummary;
}

/**
 * Compares what the model expects of given texts with and without steering, token by token.
 * @returns null when the model cannot tell, or no text has a token
 * @throws {CaaError} shape-mismatch when the model answers less than was asked; aborted; what the model throws
 */
export async function measureTextDamage(
  model: SteerableModel,
  texts: readonly AnsweredPrompt[],
  steering: Steering,
  {
    seed = 0,
    signal,
    onProgress,
  }: {
    /** Of the bootstrap. @default 0 */
    readonly seed?: number | undefined;
    readonly signal?: AbortSignal | undefined;
    readonly onProgress?: ((done: number) => void) | undefined;
  } = {},
): Promise<TextDamage | null> {
  const results = model.compareTexts?.(texts, steering, { signal });
  if (results === undefined) {
    return null;
  }
  const divergences: number[] = [];
  const losses: number[] = [];
  let count = 0;
  for await (const { plain, steered, divergence } of results) {
    throwIfAborted(signal);
    count += 1;
    onProgress?.(count);
    if (plain.length > 0) {
      divergences.push(average(divergence));
      losses.push(average(plain) - average(steered));
    }
  }
  if (count !== texts.length) {
    const message = `compareTexts: expected a result for each of ${texts.length} texts, got ${count}`;
    throw new CaaError("shape-mismatch", message);
  }
  return losses.length === 0
    ? null
    : {
        n: losses.length,
        divergence: summaryOf(divergences, seed),
        perplexityRatio: exponential(summaryOf(losses, seed)),
      };
}

function average(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
